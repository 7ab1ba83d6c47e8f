package org.etcdmirror.soak;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A program that this JVM started. It does not outlive it. */
final class Child implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> LIVE.forEach(Process::destroyForcibly), "reaper"));
  }

  private final Process process;
  private final Path log;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts a program that logs to the end of a file. */
  static Child start(Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // Both etcd and the service take settings from variables.
    builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    LIVE.add(process);
    process.onExit().thenAccept(LIVE::remove);
    return new Child(process, log);
  }

  /** Runs a program to its end and returns what it said; fails if it does. */
  static String run(Path log, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Files.deleteIfExists(log);
    try (Child child = start(log, environment, command)) {
      if (!child.ends(PATIENCE) || child.exitCode() != 0) {
        throw new IOException(command + " failed: " + child.said());
      }
      return child.said();
    }
  }

  long pid() {
    return process.pid();
  }

  boolean runs() {
    return process.isAlive();
  }

  /** Whether it ends within this time. */
  boolean ends(Duration patience) throws InterruptedException {
    return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  int exitCode() {
    return process.exitValue();
  }

  /** Its log, with that of programs that logged to the same file before. */
  String said() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** Sends a signal by its name, for example {@code STOP}; harmless when it has ended. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Ends it at once (SIGKILL) and waits. */
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly();
    if (!ends(PATIENCE)) {
      throw new IllegalStateException("process " + pid() + " does not end");
    }
  }
}
