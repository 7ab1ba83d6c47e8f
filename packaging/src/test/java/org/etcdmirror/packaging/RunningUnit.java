package org.etcdmirror.packaging;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A unit that was started as systemd does it, with a program in place of systemd-notify that
 * records what it was told.
 */
final class RunningUnit implements AutoCloseable {

  private final Process process;
  private final Path reports;
  private final Path log;

  private RunningUnit(Process process, Path reports, Path log) {
    this.process = process;
    this.reports = reports;
    this.log = log;
  }

  static RunningUnit start(Unit unit, Path root, Path directory) throws IOException {
    Path reports = Files.createFile(directory.resolve("reports"));
    Path notify =
        Script.write(
            directory.resolve("notify/systemd-notify"),
            "printf '%s\\n' \"$*\" >>'" + reports + "'");
    Path log = directory.resolve("service.log");
    Process process =
        Command.of(unit.execStart(root))
            .with("PATH", notify.getParent() + ":" + System.getenv("PATH"))
            .with("NOTIFY_SOCKET", directory.resolve("notify.socket"))
            .start(directory.resolve("service.out"), log);
    return new RunningUnit(process, reports, log);
  }

  /** Waits until systemd was told this. */
  void awaitReport(String part) throws IOException {
    await()
        .atMost(PATIENCE)
        .until(
            () -> reports().stream().anyMatch(line -> line.contains(part)) || !process.isAlive());
    if (reports().stream().noneMatch(line -> line.contains(part))) {
      throw new AssertionError("ended without " + part + ": " + log());
    }
  }

  List<String> reports() throws IOException {
    return Files.readAllLines(reports);
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** Ends it with SIGTERM; returns its exit code. */
  int stop() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), SECONDS)) {
      throw new AssertionError("does not end: " + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
