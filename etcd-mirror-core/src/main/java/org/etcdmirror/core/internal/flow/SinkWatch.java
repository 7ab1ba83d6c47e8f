package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.StateMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds, while nothing is written, whether the sink is still what this mirror
 * left there: also while the source is silent, the mirror is paused, or a person is asked. A sink
 * that does not answer shows in the state, and is asked again with back-off. Used by the applier's
 * thread alone.
 */
final class SinkWatch {

  private static final Logger log = LoggerFactory.getLogger(SinkWatch.class);

  private final String link;
  private final CheckpointKeeper keeper;
  private final StateMachine states;
  private final Progress progress;
  private final MirrorListener listener;
  private final Duration interval;
  private final Backoff backoff;

  private boolean failing;
  private long nextNanos;

  SinkWatch(Settings settings, MirrorRuntime runtime, CheckpointKeeper keeper) {
    this.link = settings.link();
    this.keeper = keeper;
    this.states = runtime.states();
    this.progress = runtime.progress();
    this.listener = runtime.listener();
    this.interval = settings.timings().sinkInterval();
    this.backoff = new Backoff(settings.timings().backoff());
  }

  /** Looks if it is time for that; one request at most. */
  void tick() throws InterruptedException {
    if (!keeper.isUnconfirmedFor(interval)) {
      // Something else has met the sink meanwhile.
      answered();
      return;
    }
    if (failing && System.nanoTime() - nextNanos < 0) {
      return;
    }
    try {
      keeper.look();
      answered();
    } catch (SinkRolledBackException e) {
      // The doubt is known by now; it is stored, and the reader hands over a comparison.
      log.warn(LogEvent.SINK_DRIFTED.marker(), "[link={}] {}", link, e.getMessage());
      progress.error(e);
      answered();
    } catch (IOException e) {
      log.warn(
          LogEvent.SINK_AWAY.marker(), "[link={}] sink does not answer: {}", link, e.getMessage());
      progress.error(e);
      progress.counters.retries.incrementAndGet();
      states.sinkAway(true);
      failing = true;
      Duration pause = backoff.next();
      nextNanos = System.nanoTime() + pause.toNanos();
      listener.onRetry(e, pause);
    }
  }

  /** The time until it is time for a look. */
  Duration untilDue() {
    return failing
        ? Duration.ofNanos(Math.max(0, nextNanos - System.nanoTime()))
        : keeper.untilUnconfirmedFor(interval);
  }

  private void answered() {
    backoff.reset();
    if (failing) {
      failing = false;
      states.sinkAway(false);
    }
  }
}
