package org.etcdmirror.testkit.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.testkit.etcd.Signals;

/**
 * A program in a JVM of its own, with the class path of the tests, to be killed at any moment. Safe
 * for use by many threads.
 */
public final class JavaProcess implements AutoCloseable {

  private final Process process;

  private JavaProcess(Process process) {
    this.process = process;
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "process-reaper"));
  }

  /**
   * Starts a program.
   *
   * @param program its {@code main} is called
   * @param options of the JVM, for example {@code -Xmx64m}
   * @param log the file that what it prints is appended to
   * @param arguments of its {@code main}
   * @throws UncheckedIOException if no JVM can be started
   */
  public static JavaProcess start(
      Class<?> program, List<String> options, Path log, String... arguments) {
    List<String> command = JavaCommand.java(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    try {
      return new JavaProcess(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command.get(0), e);
    }
  }

  /** Freezes it (SIGSTOP); returns when none of its threads runs any more. */
  public void freeze() {
    Signals.suspend(process);
  }

  /** Ends {@link #freeze}. */
  public void thaw() {
    Signals.resume(process);
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end; false if it still runs after this time. */
  public boolean ends(Duration patience) throws InterruptedException {
    return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Kills it (SIGKILL) and waits for its end; harmless when repeated. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
