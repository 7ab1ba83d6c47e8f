package org.etcdmirror.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A child process that ends with this one at the latest. What it prints goes to a file. Safe for
 * use by many threads.
 */
public final class Program implements AutoCloseable {

  private static final Set<Program> LIVE = ConcurrentHashMap.newKeySet();
  private static final int GRACE_SECONDS = 30;
  private static final int TAIL = 2_000;

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> LIVE.forEach(program -> program.process.destroyForcibly()), "reaper"));
  }

  private final Process process;
  private final Path output;

  private Program(Process process, Path output) {
    this.process = process;
    this.output = output;
    LIVE.add(this);
  }

  /** Starts a program. */
  public static Program start(List<String> command) {
    try {
      Path output = Files.createTempFile("benchmark-", ".log");
      output.toFile().deleteOnExit();
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      // The API of an etcdctl 3.3; newer ones know no other.
      builder.environment().put("ETCDCTL_API", "3");
      return new Program(builder.start(), output);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command.get(0), e);
    }
  }

  /** Its number. */
  public long pid() {
    return process.pid();
  }

  /**
   * Checks that it still runs.
   *
   * @throws UnusableException if it has ended
   */
  public void mustRun() throws UnusableException {
    if (!process.isAlive()) {
      throw new UnusableException("ended with " + process.exitValue() + ": " + tail());
    }
  }

  /**
   * Waits for its end.
   *
   * @return what it printed
   * @throws UnusableException if it fails, or takes longer than an hour
   */
  public String result() throws InterruptedException, UnusableException {
    if (!process.waitFor(1, TimeUnit.HOURS)) {
      throw new UnusableException("still runs after an hour");
    }
    if (process.exitValue() != 0) {
      throw new UnusableException("exit code " + process.exitValue() + ": " + tail());
    }
    return printed();
  }

  /** Freezes it, or lets it go on. */
  public void freeze(boolean frozen) throws InterruptedException {
    String signal = frozen ? "STOP" : "CONT";
    try {
      new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid()).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it in good order. */
  public void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** Writes to its standard input. */
  public void write(String text) {
    try {
      process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to process " + pid(), e);
    }
  }

  /** Ends its standard input. */
  public void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot end the input of process " + pid(), e);
    }
  }

  /** What it has printed so far. */
  public String printed() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last words, without the places in the code. */
  private String tail() {
    String all =
        printed()
            .lines()
            .filter(line -> !line.startsWith("\tat "))
            .collect(Collectors.joining("\n"));
    return all.substring(Math.max(0, all.length() - TAIL));
  }

  /** Kills it, frozen or not, and deletes what it printed; harmless when repeated. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    LIVE.remove(this);
    try {
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
