package org.etcdmirror.core.internal.gap;

import java.time.Duration;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.resync.StreamLostException;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules the next attempt of a resync that lost its stream: with back-off, but without blocking,
 * because events must be taken meanwhile. Used by the applier's thread alone.
 */
final class Restarts {

  private static final Logger log = LoggerFactory.getLogger(Restarts.class);

  private final String link;
  private final Shutdown shutdown;
  private final Progress progress;
  private final MirrorListener listener;
  private final Backoff backoff;
  private @Nullable Long dueNanos;

  Restarts(Settings settings, MirrorRuntime runtime) {
    this.link = settings.link();
    this.shutdown = runtime.shutdown();
    this.progress = runtime.progress();
    this.listener = runtime.listener();
    this.backoff = new Backoff(settings.timings().backoff());
  }

  /** Reports that the stream was lost. */
  void lost(StreamLostException e) throws Retry.StoppedException {
    if (shutdown.hasBegun()) {
      throw new Retry.StoppedException();
    }
    Duration pause = backoff.next();
    dueNanos = System.nanoTime() + pause.toNanos();
    log.warn(
        LogEvent.RESYNC_AGAIN.marker(),
        "[link={}] {}: retryInMs={}",
        link,
        e.getMessage(),
        pause.toMillis());
    progress.counters.retries.incrementAndGet();
    progress.error(e);
    listener.onRetry(e, pause);
  }

  /** A resync has come to its end. */
  void succeeded() {
    backoff.reset();
  }

  /** Whether one is waited for. */
  boolean isWaiting() {
    return dueNanos != null;
  }

  /** Whether it is time, once. */
  boolean takeDue() {
    Long due = dueNanos;
    if (due == null || System.nanoTime() - due < 0) {
      return false;
    }
    dueNanos = null;
    return true;
  }
}
