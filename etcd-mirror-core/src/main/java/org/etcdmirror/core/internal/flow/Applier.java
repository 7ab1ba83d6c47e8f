package org.etcdmirror.core.internal.flow;

import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.BatchTooLargeException;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.cutover.CutoverCommit;
import org.etcdmirror.core.internal.cutover.LoopGuard;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.etcdmirror.core.internal.resync.GapRecovery;
import org.etcdmirror.core.internal.resync.Intake;
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
import org.etcdmirror.core.internal.suspects.SuspectRounds;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.etcdmirror.core.internal.unsupported.UnsupportedFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applier's thread: takes what was read, applies as much at once as has arrived, and moves the
 * index behind it. It alone touches the sink and the index store.
 */
public final class Applier {

  private static final Logger log = LoggerFactory.getLogger(Applier.class);
  private static final Duration TICK = Duration.ofMillis(200);

  private final String link;
  private final WorkQueue queue;
  private final BatchMerger merger;
  private final CheckpointKeeper keeper;
  private final TreeDeletes treeDeletes;
  private final EntryCheck check;
  private final LoopGuard loopGuard;
  private final EchoGuard echoes;
  private final CutoverCommit cutoverCommit;
  private final PausePoint pausePoint;
  private final Loading loading;
  private final GapRecovery gapRecovery;
  private final SuspectRounds suspects;
  private final SinkWatch watch;
  private final SyncOnce once;
  private final StateMachine states;
  private final Progress progress;
  private final Pause pause;
  private final Doubts doubts;
  private final MirrorListener listener;
  private final Shutdown shutdown;
  private final Retry retry;
  private volatile boolean comparisonAsked;

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
    this.listener = runtime.listener();
    this.shutdown = runtime.shutdown();
    this.keeper = new CheckpointKeeper(sides.sink(), sides.indexStore(), notes, progress);
    this.merger = new BatchMerger(settings.limits(), sides, progress, queue, notes.anchors());
    this.treeDeletes = new TreeDeletes(sides.sink(), sides.mapper());
    this.retry = new Retry(settings, runtime, this::storeDoubtQuietly);
    this.check = new EntryCheck(settings, runtime);
    notes.compareAtStart(() -> !check.shadows().isEmpty());
    this.loopGuard = new LoopGuard(settings, sides, keeper);
    this.echoes = new EchoGuard(settings.link(), sides, loopGuard);
    this.cutoverCommit = new CutoverCommit(settings.link(), runtime, keeper);
    this.watch = new SinkWatch(settings, runtime, keeper);
    this.pausePoint = new PausePoint(runtime, keeper, watch, retry);
    this.loading = new Loading(keeper, runtime.opening(), cutoverCommit);
    Intake intake = new Intake(queue, shutdown, echoes::check);
    this.gapRecovery =
        new GapRecovery(settings, runtime, check, keeper, retry, pausePoint::write, intake);
    Intake none = new Intake(null, shutdown, batch -> {});
    GapRecovery alone =
        new GapRecovery(settings, runtime, check, keeper, retry, pausePoint::write, none);
    this.once = new SyncOnce(settings, runtime, keeper, loopGuard, alone, retry);
    this.suspects = new SuspectRounds(settings, runtime, check.rules(), keeper);
  }

  /** The stored checkpoint, if there is one. Called before {@link #run}. */
  public Optional<Checkpoint> load() throws InterruptedException, Retry.StoppedException {
    return retry.call(loading::load, states::sinkFailing);
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
        Work work = queue.poll(TICK);
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
      log.warn("[link={}] saving the last index failed: {}", link, e.getMessage());
      progress.error(e);
    }
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
      log.warn("[link={}] saving that the sink may differ failed: {}", link, e.toString());
    }
  }

  /** Asks that source and sink be compared and the differences written; from any thread. */
  public void compare() {
    comparisonAsked = true;
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
    if (!comparisonAsked) {
      return;
    }
    comparisonAsked = false;
    Checkpoint at = keeper.current();
    // One that is on its way already does as well.
    if (at != null && doubts.isEmpty()) {
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
    if (work instanceof Work.Events events) {
      refuseLoop(events.clusterId());
      apply(events);
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

  private void apply(Work.Events first) throws InterruptedException, Retry.StoppedException {
    Checkpoint at = keeper.current();
    if (at == null || gapRecovery.isAdrift()) {
      // A resync was in vain, and the next one has not come yet; or it waits for an approval.
      gapRecovery.dropped(first.batch().index());
      return;
    }
    BatchMerger.Gathered gathered = merger.gather(first, at.index());
    EventBatch batch = gathered.batch();
    echoes.check(batch);
    if (gathered.comparedAt() > at.index()) {
      compare(Gap.Reason.FORCED, first, batch, at);
    } else if (batch.events().isEmpty()) {
      Checkpoint next = after(at, batch.index(), first.clusterId());
      keeper.note(next);
      progress.applied(next.index(), batch.headIndex(), first.readNanos());
    } else {
      apply(first, batch, at);
    }
  }

  private void apply(Work.Events first, EventBatch batch, Checkpoint at)
      throws InterruptedException, Retry.StoppedException {
    UnsupportedFilter screen = new UnsupportedFilter(check, merger.reduce(batch));
    Checkpoint next;
    try {
      next = write(screen, at, first.clusterId());
    } catch (ComparisonNeededException e) {
      compare(e.reason(), first, batch, at);
      return;
    } catch (UnsupportedEntryException e) {
      // What cannot be held now may be gone from the source by the next run, and its history would
      // still bring it.
      doubts.add(new Gap(Gap.Reason.FORCED, at.index(), 0, batch.headIndex()));
      storeDoubt();
      throw e;
    } catch (BatchTooLargeException e) {
      applyInPieces(first, merger.cut(batch, e));
      return;
    }
    screen.applied();
    progress.changes.addAndGet(CutoverCommit.isChange(batch) ? 1 : 0);
    progress.counters.eventsApplied.addAndGet(batch.events().size() - screen.leftOut());
    progress.applied(next.index(), batch.headIndex(), first.readNanos());
    if (!screen.written().events().isEmpty()) {
      progress.counters.batches.incrementAndGet();
      listener.onBatch(screen.written());
    }
    // The data is durable: a save that fails is repeated alone, also by the last flush, and a crash
    // before it is a repeat of the batch, never a gap.
    keeper.note(next);
    retry.run(() -> keeper.save(next), states::sinkFailing);
  }

  private void applyInPieces(Work.Events first, List<EventBatch> pieces)
      throws InterruptedException, Retry.StoppedException {
    for (EventBatch piece : pieces) {
      Checkpoint at = keeper.current();
      if (at == null || gapRecovery.isAdrift()) {
        gapRecovery.dropped(piece.index());
      } else {
        apply(first, piece, at);
      }
    }
  }

  private void compare(Gap.Reason reason, Work.Events first, EventBatch batch, Checkpoint at)
      throws InterruptedException, Retry.StoppedException {
    Gap gap = new Gap(reason, at.index(), 0, batch.headIndex());
    gapRecovery.goAdrift(gap, first.clusterId(), batch.index());
  }

  /** Makes durable what can be held, and returns the checkpoint behind it. */
  private Checkpoint write(UnsupportedFilter screen, Checkpoint at, String clusterId)
      throws InterruptedException, Retry.StoppedException, ComparisonNeededException {
    while (true) {
      EventBatch held = screen.held();
      Checkpoint next = after(at, held.index(), clusterId);
      try {
        if (!held.events().isEmpty()) {
          Optional<SinkDriftedException> drift =
              retry.call(() -> write(held, next), states::sinkFailing);
          if (drift.isPresent()) {
            throw new ComparisonNeededException(Gap.Reason.SINK_DRIFTED);
          }
        }
        return next;
      } catch (UnsupportedEntryException e) {
        screen.learn(e);
      }
    }
  }

  /** Returns that the sink has drifted: it is a failure that does not go by being repeated. */
  private Optional<SinkDriftedException> write(EventBatch held, Checkpoint next)
      throws IOException, InterruptedException {
    try {
      keeper.write(treeDeletes.expand(held), next);
      return Optional.empty();
    } catch (SinkDriftedException e) {
      log.warn("[link={}] {}", link, e.getMessage());
      progress.error(e);
      return Optional.of(e);
    }
  }

  /** A sink that holds a part of something larger is exact again only at the end of that. */
  private Checkpoint after(Checkpoint at, long index, String clusterId) {
    long reached = Math.max(at.index(), index);
    Checkpoint next = new Checkpoint(reached, clusterId, check.checkpointScope(), Instant.now());
    return at.applying() > reached ? next.whileApplying(at.applying()) : next;
  }
}
