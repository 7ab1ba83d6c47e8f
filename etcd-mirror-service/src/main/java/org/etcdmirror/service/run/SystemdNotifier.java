package org.etcdmirror.service.run;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the state of a mirror to systemd: ready with the first state after the start, then each
 * change, and stopping. Java has no datagram sockets of Unix, so the program {@code systemd-notify}
 * sends the reports. A thread of its own runs it. If it is slower than the mirror, only the newest
 * state is reported.
 */
public final class SystemdNotifier implements MirrorListener, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SystemdNotifier.class);
  private static final String SOCKET = "NOTIFY_SOCKET";

  /** The program waits until systemd has read the report, for 5 s at most. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final String program;
  private final Duration limit;
  private final AtomicReference<@Nullable Report> unreported = new AtomicReference<>();
  private final ExecutorService reporter =
      Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "systemd-notify");
        thread.setDaemon(true);
        return thread;
      });

  /** Whether reports are wanted and can be sent. */
  private volatile boolean enabled;

  /** Only the reporter uses it. */
  private boolean ready;

  private record Report(Supplier<String> status, boolean stopping) {}

  private SystemdNotifier(String program, boolean enabled, Duration limit) {
    this.program = program;
    this.enabled = enabled;
    this.limit = limit;
  }

  /** Reports where {@code NOTIFY_SOCKET} names a socket in these variables, else does nothing. */
  public static SystemdNotifier of(Map<String, String> environment) {
    return of("systemd-notify", environment, LIMIT);
  }

  static SystemdNotifier of(String program, Map<String, String> environment, Duration limit) {
    return new SystemdNotifier(program, !environment.getOrDefault(SOCKET, "").isEmpty(), limit);
  }

  @Override
  public void onState(MirrorState before, MirrorState after) {
    report(after::toString, after == MirrorState.STOPPING || after.isFinal());
  }

  /**
   * Reports a status. The first one also reports that the service is ready.
   *
   * @param status returns one line for a person; called when it is sent
   * @param stopping whether the service ends
   */
  void report(Supplier<String> status, boolean stopping) {
    Report newest = new Report(status, stopping);
    if (enabled && unreported.getAndSet(newest) == null && !reporter.isShutdown()) {
      reporter.execute(this::report);
    }
  }

  /** Waits a moment for the last report. */
  @Override
  public void close() {
    reporter.shutdown();
    try {
      if (!reporter.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        reporter.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report() {
    Report newest = unreported.getAndSet(null);
    if (newest == null || !enabled) {
      return;
    }
    try {
      send(assignments(newest));
    } catch (IOException e) {
      enabled = false;
      log.warn(
          ServiceLogEvent.SYSTEMD_NOT_TOLD.marker(),
          "{} is set, but the state cannot be reported to systemd: {}; install systemd-notify, or"
              + " use Type=exec in the unit",
          SOCKET,
          e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> assignments(Report report) {
    List<String> assignments = new ArrayList<>();
    if (!ready) {
      ready = true;
      assignments.add("READY=1");
    }
    if (report.stopping()) {
      assignments.add("STOPPING=1");
    }
    assignments.add("STATUS=" + report.status().get());
    return assignments;
  }

  private void send(List<String> assignments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(assignments);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn(
            ServiceLogEvent.SYSTEMD_NOT_TOLD.marker(),
            "{} has not ended in {} s, so systemd may not know {}",
            program,
            limit.toSeconds(),
            assignments);
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
