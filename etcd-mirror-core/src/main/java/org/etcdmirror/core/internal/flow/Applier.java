package org.etcdmirror.core.internal.flow;

import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.AppliedChanges.Cause;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.cutover.CutoverCommit;
import org.etcdmirror.core.internal.cutover.LoopGuard;
import org.etcdmirror.core.internal.gap.GapCloser;
import org.etcdmirror.core.internal.gap.GapDecision;
import org.etcdmirror.core.internal.gap.GapRecovery;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.etcdmirror.core.internal.resync.Intake;
import org.etcdmirror.core.internal.resync.Resync;
import org.etcdmirror.core.internal.run.ComparisonNeededException;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Pause;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.run.StateMachine;
import org.etcdmirror.core.internal.run.WriteLimit;
import org.etcdmirror.core.internal.suspects.SuspectRounds;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applier's thread: takes what was read, applies as much at once as has arrived, and moves the
 * index behind it. It alone touches the sink and the index store.
 */
public final class Applier {

  private static final Logger log = LoggerFactory.getLogger(Applier.class);
  private static final Duration TICK = Duration.ofMillis(200);

  /** Of a link that has been idle for a while: a process may have a thousand of them. */
  private static final Duration IDLE_TICK = Duration.ofSeconds(10);

  private static final long IDLE_AFTER = Duration.ofSeconds(10).toNanos();

  private final String link;
  private final WorkQueue queue;
  private final CheckpointKeeper keeper;
  private final LoopGuard loopGuard;
  private final CutoverCommit cutoverCommit;
  private final PausePoint pausePoint;
  private final WriteLimit writeLimit;
  private final Loading loading;
  private final GapRecovery gapRecovery;
  private final EventApplier events;
  private final SuspectRounds suspects;
  private final SinkWatch watch;
  private final SyncOnce once;
  private final StateMachine states;
  private final Progress progress;
  private final Pause pause;
  private final Doubts doubts;
  private final Shutdown shutdown;
  private final Retry retry;
  private final MirrorListener listener;
  private volatile boolean comparisonAsked;

  /** When something was last to be done. */
  private long busyNanos = System.nanoTime();

  /**
   * Made before its thread.
   *
   * @param queue what it takes from
   * @param notes what its checkpoints bear
   */
  public Applier(Settings settings, MirrorRuntime runtime, WorkQueue queue, CheckpointNotes notes) {
    Sides sides = runtime.sides();
    this.link = settings.link();
    this.queue = queue;
    this.states = runtime.states();
    this.progress = runtime.progress();
    this.pause = runtime.pause();
    this.doubts = runtime.doubts();
    this.shutdown = runtime.shutdown();
    this.listener = runtime.listener();
    this.keeper =
        new CheckpointKeeper(sides.sink(), sides.indexStore(), notes, progress, runtime.lead());
    this.retry = new Retry(settings, runtime, this::storeDoubtQuietly);
    EntryCheck check = new EntryCheck(settings, runtime);
    notes.compareAtStart(() -> !check.shadows().isEmpty());
    this.loopGuard = new LoopGuard(settings, sides, keeper);
    EchoGuard echoes = new EchoGuard(settings.link(), sides, loopGuard);
    this.cutoverCommit = new CutoverCommit(settings.link(), runtime, keeper, queue::wake);
    pause.wakes(queue::wake);
    doubts.wakes(queue::wake);
    this.watch = new SinkWatch(settings, runtime, keeper);
    this.pausePoint = new PausePoint(runtime, keeper, watch, retry);
    this.writeLimit = runtime.writeLimit();
    WriteTurn turn = new WriteTurn(runtime, keeper, pausePoint);
    this.loading =
        new Loading(
            keeper,
            runtime.opening(),
            cutoverCommit,
            doubts,
            new GapDecision(settings.policy(), runtime.gaps()));
    Intake intake = new Intake(queue, shutdown, echoes::check);
    Resync.Writers writers = gap -> turn.writerFor(Cause.closing(gap));
    GapCloser closer = new GapCloser(settings, runtime, check, keeper, retry, writers, intake);
    this.gapRecovery = new GapRecovery(settings, runtime, keeper, closer);
    BatchMerger merger =
        new BatchMerger(settings.limits(), sides, progress, queue, notes.anchors());
    this.events =
        new EventApplier(
            settings.link(), runtime, merger, echoes, check, keeper, gapRecovery, retry, turn);
    Intake none = new Intake(null, shutdown, batch -> {});
    GapCloser alone = new GapCloser(settings, runtime, check, keeper, retry, writers, none);
    this.once = new SyncOnce(settings, runtime, keeper, loopGuard, alone, retry);
    this.suspects =
        new SuspectRounds(settings, runtime, check.rules(), keeper, turn.writerFor(Cause.REPAIR));
  }

  /** The stored checkpoint, if there is one. Called before {@link #run}. */
  public Optional<Checkpoint> load() throws InterruptedException, Retry.StoppedException {
    Optional<Checkpoint> loaded = retry.call(loading::load, states::sinkFailing);
    listener.onResumed(loaded.orElse(null));
    return loaded;
  }

  /** The cut-over that ends the link and answers its caller. */
  public CutoverCommit cutoverCommit() {
    return cutoverCommit;
  }

  /** Loads and resyncs, in place of {@link #run}. */
  public ResyncReport syncOnce() throws InterruptedException, Retry.StoppedException {
    load().ifPresent(stored -> log.debug("[link={}] loaded checkpoint: {}", link, stored));
    ResyncReport report = once.run();
    keeper.notes().suspects().ends();
    keeper.notes().expiring().ends();
    retry.run(() -> keeper.flush(true), states::sinkFailing);
    return report;
  }

  /** Works until the mirror is to end. Finishes and stores the current batch. */
  public void run() throws InterruptedException {
    try {
      while (!shutdown.hasBegun()) {
        holdIfPaused();
        if (!pause.isWanted()) {
          gapRecovery.goOnIfAllowed();
          gapRecovery.goOnIfDue();
        }
        Work work = next();
        if (work != null) {
          perform(work);
        }
        watch.tick();
        compareSuspects();
        compareIfAsked();
        storeDoubt();
        if (!gapRecovery.isAdrift()) {
          retry.run(() -> keeper.flush(false), states::sinkFailing);
          if (doubts.isEmpty() && cutoverCommit.consider()) {
            return;
          }
        }
      }
    } catch (Retry.StoppedException e) {
      log.debug("[link={}] applier stopped", link);
    } catch (RuntimeException | Error e) {
      storeDoubtQuietly();
      throw e;
    }
    try {
      keeper.notes().suspects().ends();
      keeper.notes().expiring().ends();
      keeper.flush(true);
    } catch (IOException e) {
      // Progress without events is found again; a doubt may not be.
      log.warn(
          LogEvent.INDEX_NOT_SAVED.marker(),
          "[link={}] saving the last index failed: {}",
          link,
          e.getMessage());
      progress.error(e);
    }
  }

  /**
   * Returns the next work once the writes before it are paid for. Null if there is none yet, so
   * that everything else is looked at.
   */
  private @Nullable Work next() throws InterruptedException {
    return queue.await(tick()) && writeLimit.await(TICK) ? queue.poll(Duration.ZERO) : null;
  }

  /** Who asks something of an idle link wakes it. */
  private Duration tick() {
    long now = System.nanoTime();
    if (gapRecovery.isAdrift()
        || !doubts.isEmpty()
        || pause.isWanted()
        || cutoverCommit.isWaiting()
        || !keeper.notes().suspects().isEmpty()) {
      busyNanos = now;
    }
    if (now - busyNanos < IDLE_AFTER || keeper.isStorePending()) {
      return TICK;
    }
    Duration look = watch.untilDue();
    return look.compareTo(IDLE_TICK) < 0 ? look : IDLE_TICK;
  }

  /** Why the sink may not be level is stored before anything else is done about it. */
  private void storeDoubt() throws InterruptedException, Retry.StoppedException {
    if (keeper.isDoubtMissing()) {
      retry.run(keeper::storeDoubt, states::sinkFailing);
    }
  }

  /** While something else fails. */
  private void storeDoubtQuietly() {
    try {
      keeper.storeDoubt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      log.warn(
          LogEvent.DOUBT_NOT_SAVED.marker(),
          "[link={}] saving that the sink may differ failed: {}",
          link,
          e.toString());
    }
  }

  /** Asks that source and sink be compared and the differences written; from any thread. */
  public void compare() {
    comparisonAsked = true;
    queue.wake();
  }

  private void compareSuspects() throws InterruptedException, Retry.StoppedException {
    // A first copy compares everything, and asks before it deletes.
    if (!gapRecovery.isAdrift() && !doubts.isOfFirstCopy() && !pause.isWanted()) {
      try {
        suspects.tick();
      } catch (ComparisonNeededException e) {
        comparisonAsked = true;
      }
    }
  }

  private void compareIfAsked() throws InterruptedException, Retry.StoppedException {
    // A first copy, and what is open already, compares everything. A gap that is found and not yet
    // in hand may be skipped, so it is no reason to forget this.
    if (!comparisonAsked || gapRecovery.isAdrift() || doubts.isOfFirstCopy()) {
      return;
    }
    comparisonAsked = false;
    Checkpoint at = keeper.current();
    if (at != null) {
      Gap gap = new Gap(Gap.Reason.FORCED, at.index(), 0, at.index());
      String cluster = requireNonNullElse(at.clusterId(), "unknown cluster");
      gapRecovery.goAdrift(gap, cluster, at.index());
    }
  }

  /** A blocked applier writes nothing, but takes batches so that the source's stream stays open. */
  private void holdIfPaused() throws InterruptedException, Retry.StoppedException {
    if (!pause.isWanted()) {
      return;
    }
    if (gapRecovery.isBlocked()) {
      pause.stands();
      return;
    }
    if (!gapRecovery.isAdrift()) {
      retry.run(() -> keeper.flush(true), states::sinkFailing);
    }
    pausePoint.hold();
  }

  private void perform(Work work) throws InterruptedException, Retry.StoppedException {
    if (work instanceof Work.Events batch) {
      if (!batch.batch().events().isEmpty()) {
        busyNanos = System.nanoTime();
      }
      refuseLoop(batch.clusterId());
      events.apply(batch);
    } else if (work instanceof Work.Recovery recovery) {
      if (Doubts.isOfAnotherOrigin(recovery.gap())) {
        loopGuard.sourceReplaced();
      }
      refuseLoop(recovery.clusterId());
      gapRecovery.withdrawQuestion();
      // A question holds against a pause, but what ends it writes.
      holdIfPaused();
      if (!shutdown.hasBegun()) {
        gapRecovery.recover(recovery);
      }
    } else if (work instanceof Work.Failure failure) {
      // So that the next run finds the same, also where the policy was to stop.
      storeDoubt();
      throw failure.unchecked();
    }
  }

  private void refuseLoop(String clusterId) throws InterruptedException, Retry.StoppedException {
    retry.run(() -> loopGuard.check(clusterId, keeper.current()), states::sinkFailing);
  }
}
