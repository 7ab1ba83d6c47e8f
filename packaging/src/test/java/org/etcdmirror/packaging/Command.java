package org.etcdmirror.packaging;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A program with its arguments, and with the environment that the test gives it alone. */
final class Command {

  private final List<String> line;
  private final Map<String, String> environment = new TreeMap<>();

  private Command(List<String> line) {
    this.line = line;
  }

  /** Runs with this JVM's PATH, and on this JVM's Java. */
  static Command of(List<?> line) {
    return new Command(new ArrayList<>(line.stream().map(Object::toString).toList()))
        .with("PATH", System.getenv("PATH"))
        .with("JAVA_HOME", System.getProperty("java.home"));
  }

  static Command of(Object... line) {
    return of(List.of(line));
  }

  Command with(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  Command without(String variable) {
    environment.remove(variable);
    return this;
  }

  /**
   * What the program left.
   *
   * @param code its exit code
   * @param out what it wrote to the standard output
   * @param err what it wrote to the standard error stream
   */
  record Result(int code, String out, String err) {

    Result requireSuccess() {
      assertThat(code).as("exit code, after: %s%s", out, err).isZero();
      return this;
    }
  }

  /** Runs it to its end. */
  Result run() {
    try {
      Path out = Files.createTempFile("out", ".txt");
      Path err = Files.createTempFile("err", ".txt");
      try {
        int code = exitCode(start(out, err));
        return new Result(code, Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new AssertionError("this test needs the program " + line.get(0) + ": install it", e);
    }
  }

  /** Starts it, with its output in these files. */
  Process start(Path out, Path err) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    return process;
  }

  private int exitCode(Process process) {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), SECONDS)) {
        throw new AssertionError("does not end: " + line);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted: " + line, e);
    } finally {
      process.destroyForcibly();
    }
  }
}
