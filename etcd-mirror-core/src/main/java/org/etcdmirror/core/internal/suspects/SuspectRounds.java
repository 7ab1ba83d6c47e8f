package org.etcdmirror.core.internal.suspects;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.SuspectGroup;
import org.etcdmirror.core.internal.checkpoint.Suspects;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.resync.Resync;
import org.etcdmirror.core.internal.run.ComparisonNeededException;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.StateMachine;
import org.etcdmirror.core.internal.unsupported.EntryRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has suspects compared when it is time for that, between two batches: at once, when their endpoint
 * answers again, and once more when nothing can come late any more. While an endpoint stays away
 * its suspects are compared now and then. A failure here is none of the mirror's: it is told, and
 * the comparison is tried again later. Used by the applier's thread alone.
 */
public final class SuspectRounds {

  private static final Logger log = LoggerFactory.getLogger(SuspectRounds.class);

  private final String link;
  private final EventSink sink;
  private final Suspects suspects;
  private final SuspectComparison comparison;
  private final CheckpointKeeper keeper;
  private final StateMachine states;
  private final Progress progress;

  /** The interval of comparisons for an endpoint that stays away. */
  private final Duration away;

  /**
   * For one run.
   *
   * @param writer makes a batch durable
   */
  public SuspectRounds(
      Settings settings,
      MirrorRuntime runtime,
      EntryRules rules,
      CheckpointKeeper keeper,
      Resync.Writer writer) {
    this.link = settings.link();
    this.sink = runtime.sides().sink();
    this.suspects = keeper.notes().suspects();
    this.comparison = new SuspectComparison(settings, runtime, rules, writer);
    this.keeper = keeper;
    this.states = runtime.states();
    this.progress = runtime.progress();
    this.away = settings.timings().awayInterval();
  }

  /**
   * Runs the comparisons that are due. Does nothing while a side does not answer or a resync is
   * pending.
   *
   * @throws ComparisonNeededException if there are too many, or only a resync can tell what to do
   */
  public void tick()
      throws InterruptedException, Retry.StoppedException, ComparisonNeededException {
    if (suspects.isEmpty() || states.state() != MirrorState.FOLLOWING) {
      return;
    }
    if (suspects.takeOverflow()) {
      throw new ComparisonNeededException(Gap.Reason.FORCED);
    }
    Checkpoint at = keeper.current();
    if (at == null) {
      return;
    }
    for (SuspectGroup group : suspects.due()) {
      try {
        look(group, at);
      } catch (IOException e) {
        progress.error(e);
        group.isAway();
        log.warn(
            LogEvent.SUSPECTS_UNCOMPARED.marker(),
            "[link={}] comparing suspects failed: {}",
            link,
            e.getMessage());
      }
    }
  }

  private void look(SuspectGroup group, Checkpoint at)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    if (!sink.answers(group.endpoint())) {
      group.isAway();
      if (!group.comparesOnlyLate() && group.wasNotComparedFor(away)) {
        group.comparedNow();
        compare(group, at);
      }
    } else if (!group.hasAnswered()) {
      group.answeredNow(sink.lateEffects());
      if (!group.comparesOnlyLate()) {
        compare(group, at);
      }
    } else {
      // A resync that was asked for instead is done by now, as the mirror follows.
      if (!group.isDeferredToResync()) {
        group.deferToResync();
        compare(group, at);
      }
      suspects.clear(group);
      keeper.flush(true);
    }
  }

  private void compare(SuspectGroup group, Checkpoint at)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    long written = comparison.compare(group.suspects(), at);
    if (written > 0) {
      progress.changes.incrementAndGet();
      log.warn(
          LogEvent.SUSPECTS_REPAIRED.marker(),
          "[link={}] repaired keys that a late write had changed: keys={}",
          link,
          written);
    }
  }
}
