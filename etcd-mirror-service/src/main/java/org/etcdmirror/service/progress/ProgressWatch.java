package org.etcdmirror.service.progress;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.TaskProgress;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a second how far a long task of a mirror is, and shows that, until it is closed. */
public final class ProgressWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ProgressWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final ProgressView view;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
      });

  private boolean failing;

  ProgressWatch(Supplier<@Nullable TaskProgress> task, ProgressView view, Duration interval) {
    this.view = view;
    ScheduledFuture<?> unused =
        looks.scheduleWithFixedDelay(
            () -> look(task), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A look that throws would be the last one. */
  private void look(Supplier<@Nullable TaskProgress> task) {
    try {
      view.show(task.get());
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        failing = true;
        log.warn(
            ServiceLogEvent.PROGRESS_UNKNOWN.marker(),
            "the progress cannot be shown now; it is tried again each second",
            e);
      }
    }
  }

  /**
   * Watches for a command that a person waits for: draws a bar if the standard error stream is a
   * terminal, and else writes to the log.
   */
  public static ProgressWatch forPerson(EtcdMirror mirror) {
    ProgressView view =
        Terminal.isStandardError(System.getenv())
            ? new ProgressBar(TerminalLine.onStandardError())
            : log(mirror);
    return new ProgressWatch(() -> task(mirror.status()), view, INTERVAL);
  }

  /** Watches the resyncs of a service, and writes to the log. */
  public static ProgressWatch forService(EtcdMirror mirror) {
    return new ProgressWatch(() -> mirror.status().resync(), log(mirror), INTERVAL);
  }

  static ProgressView log(EtcdMirror mirror) {
    return new ProgressLog(
        line -> log.info(ServiceLogEvent.PROGRESS.marker(), "[link={}] {}", mirror.link(), line));
  }

  private static @Nullable TaskProgress task(MirrorStatus status) {
    return status.resync() == null ? status.comparison() : status.resync();
  }

  @Override
  public void close() {
    looks.shutdownNow();
    view.close();
  }
}
