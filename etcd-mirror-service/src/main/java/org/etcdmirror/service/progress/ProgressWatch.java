package org.etcdmirror.service.progress;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.core.EtcdMirror;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the resyncs of a mirror once a second, until it is closed, and shows how far they are. */
public final class ProgressWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ProgressWatch.class);

  private final ProgressView view;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
      });

  private ProgressWatch(EtcdMirror mirror, ProgressView view) {
    this.view = view;
    looks.scheduleWithFixedDelay(
        () -> view.show(mirror.status().resync()), 1, 1, TimeUnit.SECONDS);
  }

  /**
   * Watches for a command that a person waits for: draws a bar if the standard error stream is a
   * terminal, and else writes to the log.
   */
  public static ProgressWatch forPerson(EtcdMirror mirror) {
    return Terminal.isStandardError(System.getenv())
        ? new ProgressWatch(mirror, new ProgressBar(TerminalLine.onStandardError()))
        : forLog(mirror);
  }

  /** Watches for the log. */
  public static ProgressWatch forLog(EtcdMirror mirror) {
    return new ProgressWatch(
        mirror, new ProgressLog(line -> log.info("[link={}] resync: {}", mirror.link(), line)));
  }

  @Override
  public void close() {
    looks.shutdownNow();
    view.close();
  }
}
