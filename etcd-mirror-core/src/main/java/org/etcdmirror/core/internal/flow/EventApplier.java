package org.etcdmirror.core.internal.flow;

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
import org.etcdmirror.core.AppliedChanges.Cause;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorWork;
import org.etcdmirror.core.WorkObserver;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.cutover.CutoverCommit;
import org.etcdmirror.core.internal.gap.GapRecovery;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.ComparisonNeededException;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.StateMachine;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.etcdmirror.core.internal.unsupported.UnsupportedFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies events: as many at once as have arrived, without those that the sink cannot hold, and
 * then the index behind them. Used by the applier's thread alone.
 */
final class EventApplier {

  private static final Logger log = LoggerFactory.getLogger(EventApplier.class);

  private final String link;
  private final BatchMerger merger;
  private final EchoGuard echoes;
  private final EntryCheck check;
  private final TreeDeletes treeDeletes;
  private final CheckpointKeeper keeper;
  private final GapRecovery gapRecovery;
  private final Retry retry;
  private final WriteTurn turn;
  private final StateMachine states;
  private final Progress progress;
  private final Doubts doubts;
  private final MirrorListener listener;
  private final WorkObserver observer;

  EventApplier(
      String link,
      MirrorRuntime runtime,
      BatchMerger merger,
      EchoGuard echoes,
      EntryCheck check,
      CheckpointKeeper keeper,
      GapRecovery gapRecovery,
      Retry retry,
      WriteTurn turn) {
    this.link = link;
    this.merger = merger;
    this.echoes = echoes;
    this.check = check;
    this.treeDeletes = new TreeDeletes(runtime.sides().sink(), runtime.sides().mapper());
    this.keeper = keeper;
    this.gapRecovery = gapRecovery;
    this.retry = retry;
    this.turn = turn;
    this.states = runtime.states();
    this.progress = runtime.progress();
    this.doubts = runtime.doubts();
    this.listener = runtime.listener();
    this.observer = runtime.observer();
  }

  /** Applies a batch and those that wait behind it, unless a resync has to come first. */
  void apply(Work.Events first) throws InterruptedException, Retry.StoppedException {
    Checkpoint at = keeper.current();
    if (at == null || gapRecovery.isAdrift()) {
      // The last resync failed and the next one has not begun, or it awaits an approval.
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
      applyInPieces(first, BatchSplitter.ofKeys(batch, turn.batchKeys()));
    }
  }

  private void apply(Work.Events first, EventBatch batch, Checkpoint at)
      throws InterruptedException, Retry.StoppedException {
    UnsupportedFilter filter = new UnsupportedFilter(check, merger.reduce(batch));
    Checkpoint next;
    long began = System.nanoTime();
    try {
      next = observedWrite(filter, at, first.clusterId());
    } catch (ComparisonNeededException e) {
      compare(e.reason(), first, batch, at);
      return;
    } catch (UnsupportedEntryException e) {
      // What cannot be held now may be gone from the source by the next run, and its history would
      // still bring it.
      doubts.add(new Gap(Gap.Reason.FORCED, at.index(), 0, batch.headIndex()));
      retry.run(keeper::storeDoubt, states::sinkFailing);
      throw e;
    } catch (BatchTooLargeException e) {
      applyInPieces(first, merger.cut(batch, e));
      return;
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    filter.applied();
    progress.changes.addAndGet(CutoverCommit.isChange(batch) ? 1 : 0);
    progress.counters.eventsApplied.addAndGet(batch.events().size() - filter.leftOut());
    progress.applied(next.index(), batch.headIndex(), first.readNanos());
    if (!filter.written().events().isEmpty()) {
      progress.counters.batches.incrementAndGet();
      listener.onBatch(filter.written(), took);
    }
    // The data is durable: a save that fails is repeated alone, also by the last flush, and a crash
    // before it is a repeat of the batch, never a gap.
    keeper.note(next);
    retry.run(() -> keeper.save(next), states::sinkFailing);
  }

  private void applyInPieces(Work.Events first, List<EventBatch> pieces)
      throws InterruptedException, Retry.StoppedException {
    for (int i = 0; i < pieces.size(); i++) {
      EventBatch piece = pieces.get(i);
      if (i > 0) {
        turn.await();
      }
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

  private Checkpoint observedWrite(UnsupportedFilter filter, Checkpoint at, String clusterId)
      throws InterruptedException, Retry.StoppedException, ComparisonNeededException {
    WorkObserver.Ongoing work = observer.begin(new MirrorWork.Apply(link, filter.written()));
    Checkpoint next;
    try {
      next = write(filter, at, clusterId);
    } catch (Throwable e) {
      work.undone(e);
      throw e;
    }
    work.done(filter.written().events().size(), 0);
    return next;
  }

  /** Makes durable what can be held, and returns the checkpoint behind it. */
  private Checkpoint write(UnsupportedFilter filter, Checkpoint at, String clusterId)
      throws InterruptedException, Retry.StoppedException, ComparisonNeededException {
    while (true) {
      EventBatch held = filter.held();
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
        filter.learn(e);
      }
    }
  }

  /** Returns that the sink has drifted: it is a failure that does not go by being repeated. */
  private Optional<SinkDriftedException> write(EventBatch held, Checkpoint next)
      throws IOException, InterruptedException {
    try {
      EventBatch batch = treeDeletes.expand(held);
      turn.write(batch, Cause.LIVE, () -> keeper.write(batch, next));
      return Optional.empty();
    } catch (SinkDriftedException e) {
      log.warn(LogEvent.SINK_DRIFTED.marker(), "[link={}] {}", link, e.getMessage());
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
