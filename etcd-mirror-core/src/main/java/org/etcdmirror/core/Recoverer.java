package org.etcdmirror.core;

import java.io.IOException;
import java.time.Instant;
import java.util.function.Consumer;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.RecoveryPolicy.Decision;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes and skips gaps on the sink's side. Used by the applier's thread alone. */
final class Recoverer {

  private static final Logger log = LoggerFactory.getLogger(Recoverer.class);

  /** In place of a scope, where a crash would otherwise hide that a resync was not finished. */
  private static final String UNFINISHED = "resync not finished";

  private final String link;
  private final EntryCheck check;
  private final EventSource source;
  private final Selection selection;
  private final CheckpointKeeper keeper;
  private final LoopGuard loopGuard;
  private final Retry retry;
  private final Resync resync;
  private final StateMachine states;
  private final Progress progress;
  private final MirrorListener listener;
  private final GapLedger gaps;
  private final Approvals approvals;
  private final Consumer<Work.Recovery> inVain;

  /** What the last resync of this run reached. */
  private @Nullable SourceHead reached;

  /** What is to be resynced and is not: it was in vain, is blocked, or was found here. */
  private @Nullable ResyncJob open;

  /** What a person was asked to permit. */
  private @Nullable DeletePermit needed;

  /** Resyncs that were wanted and are not done. */
  private int wanted;

  Recoverer(
      Parts parts,
      EntryCheck check,
      CheckpointKeeper keeper,
      LoopGuard loopGuard,
      Retry retry,
      Consumer<Work.Recovery> inVain) {
    this.link = parts.link();
    this.check = check;
    this.source = parts.source();
    this.selection = new Selection(parts.mapper().sourcePrefixes(), parts.copiesExpiry());
    this.keeper = keeper;
    this.loopGuard = loopGuard;
    this.retry = retry;
    this.resync = new Resync(parts, check, keeper::write);
    this.states = parts.states();
    this.progress = parts.progress();
    this.listener = parts.listener();
    this.gaps = parts.gaps();
    this.approvals = parts.approvals();
    this.inVain = inVain;
  }

  /** Whether the sink is at no index of what is followed, so that no event may be applied. */
  boolean isAdrift() {
    return open != null;
  }

  /** Whether a person's approval is waited for. */
  boolean isBlocked() {
    return needed != null && !approvals.isApproved();
  }

  /** Events through this index were not applied, as the sink is adrift. */
  void dropped(long index) {
    if (open != null) {
      open.dropped(index);
    }
  }

  /** The sink is found to be at no index; the reader is asked to have it compared. */
  void goAdrift(Work.Compare comparison) {
    log.info("{}: to be compared: {}", link, comparison.gap().describe());
    open = new ResyncJob(comparison);
    inVain.accept(comparison);
  }

  /**
   * The next run is to begin with a comparison, because what cannot be held now may be gone from
   * the source by then, and its history would still bring it. One of another scope, or of a resync
   * that is not finished, does so anyway, and as what it is.
   */
  void compareNextTime() throws InterruptedException, Retry.StoppedException {
    Checkpoint at = keeper.current();
    if (at != null && !keeper.notes().isOfAnotherScope(at)) {
      save(
          new Checkpoint(
              at.index(), at.clusterId(), check.comparingScope(), Instant.now(), at.applying()));
    }
  }

  /** Something more is to be recovered from, which is looked at anew. */
  void withdrawQuestion() {
    if (needed != null) {
      needed = null;
      approvals.withdraw();
    }
  }

  /** Comes after {@link #withdrawQuestion}. */
  void recover(Work.Recovery recovery) throws InterruptedException, Retry.StoppedException {
    if (recovery instanceof Work.Skip) {
      if (open == null) {
        skip(recovery);
        return;
      }
      // What is open cannot be skipped, so that this is a resync, which the reader did not queue.
      states.resyncQueued();
    }
    wanted++;
    if (isClosed(recovery)) {
      log.info("{}: closed by the resync before it: {}", link, recovery.gap().describe());
      gaps.ended(recovery.gap(), Decision.RESYNC, 0, 0);
      resynced(recovery);
    } else {
      perform(open == null ? new ResyncJob(recovery) : open.followedBy(recovery));
    }
  }

  /** Goes on with what was blocked, once that is approved. */
  void goOnIfApproved() throws InterruptedException, Retry.StoppedException {
    if (needed != null && open != null && approvals.isApproved()) {
      open.permit(needed);
      needed = null;
      perform(open);
    }
  }

  private void perform(ResyncJob job) throws InterruptedException, Retry.StoppedException {
    open = job;
    try {
      if (resync(job) == null) {
        inVain.accept(job.recovery());
      } else {
        resynced(job.recovery());
      }
    } catch (DeleteLimitException e) {
      progress.deletesBlocked.incrementAndGet();
      progress.error(e);
      needed = e.needed();
      String reason = "%s; %s".formatted(job.gap().describe(), e.getMessage());
      approvals.ask(new PendingApproval(reason, Instant.now(), e.plan()));
    }
  }

  private void resynced(Work.Recovery recovery) {
    open = null;
    keeper.notes().anchors().recovered(recovery);
    states.resyncsDone(wanted);
    wanted = 0;
  }

  /** A resync that waited for its turn may have been overtaken by the one before it. */
  private boolean isClosed(Work.Recovery recovery) {
    return open == null
        && isLostHistory(recovery.gap())
        && reached != null
        && reached.clusterId().equals(recovery.clusterId())
        && reached.index() >= recovery.streamStart();
  }

  private static boolean isLostHistory(Gap gap) {
    return gap.reason() == Gap.Reason.HISTORY_CLEARED
        || gap.reason() == Gap.Reason.HISTORY_COMPACTED;
  }

  ResyncReport syncOnce() throws InterruptedException, Retry.StoppedException {
    while (true) {
      SourceHead head = retry.call(() -> source.head(selection), states::sinkFailing);
      progress.sourceAt(head.index());
      states.resyncQueued();
      states.sourceConnected();
      retry.run(() -> loopGuard.check(head.clusterId(), keeper.current()), states::sinkFailing);
      Gap gap = retry.call(() -> gapTo(head), states::sinkFailing);
      gaps.found(gap, Decision.RESYNC);
      ResyncReport report =
          resync(new ResyncJob(new Work.Resync(gap, head.clusterId(), head.index())));
      states.resyncsDone(1);
      if (report != null) {
        progress.sourceSeen(report.index());
        return report;
      }
    }
  }

  private Gap gapTo(SourceHead head) throws IOException, InterruptedException {
    Checkpoint stored = keeper.current();
    if (stored == null) {
      return new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, head.index());
    }
    Gap.Reason other =
        HistoryCheck.difference(
            stored.index(),
            stored.clusterId(),
            head,
            () -> keeper.notes().anchors().isBroken(source, null, null));
    Gap.Reason otherwise =
        keeper.notes().isOfAnotherScope(stored) ? Gap.Reason.SCOPE_CHANGED : Gap.Reason.FORCED;
    return new Gap(other == null ? otherwise : other, stored.index(), 0, head.index());
  }

  /** Null if it was in vain, because the source is no longer what it was. */
  private @Nullable ResyncReport resync(ResyncJob job)
      throws InterruptedException, Retry.StoppedException {
    Gap gap = job.gap();
    if (gap.reason() == Gap.Reason.CLUSTER_REPLACED
        || gap.reason() == Gap.Reason.INDEX_WENT_BACKWARDS) {
      progress.nothingApplied();
    }
    rememberUnfinished(gap, job.recovery().clusterId(), job.recovery().streamStart());
    Resync.Outcome outcome = attempt(job);
    if (outcome == null) {
      return null;
    }
    SourceHead head = outcome.head();
    reached = head;
    keeper.notes().resyncDone(outcome.newest(), head.index());
    ResyncReport report = outcome.report();
    progress.resyncs.incrementAndGet();
    progress.changes.incrementAndGet();
    progress.keysWritten.addAndGet(report.written());
    progress.keysDeleted.addAndGet(report.deleted());
    progress.applied(head.index(), head.index(), outcome.readNanos());
    save(new Checkpoint(head.index(), head.clusterId(), check.checkpointScope(), Instant.now()));
    log.info("{}: {}", link, report.describe());
    listener.onResync(report);
    gaps.ended(job.recovery().gap(), Decision.RESYNC, report.written(), report.deleted());
    return report;
  }

  /**
   * A source that went backwards grows past the stored index again, and what showed that another
   * one has the same name may be compacted; then nothing would tell that the resync was never
   * finished.
   */
  private void rememberUnfinished(Gap gap, String clusterId, long streamStart)
      throws InterruptedException, Retry.StoppedException {
    Checkpoint at = keeper.current();
    if (keeper.notes().resyncBegins() && at != null) {
      save(at);
    }
    boolean forgettable =
        at != null
            && (streamStart < at.index()
                || (gap.reason() == Gap.Reason.CLUSTER_REPLACED
                    && clusterId.equals(at.clusterId())));
    if (at != null && forgettable && !UNFINISHED.equals(at.scope())) {
      save(new Checkpoint(at.index(), at.clusterId(), UNFINISHED, Instant.now()));
    } else if (check.findsClashes() && check.skips()) {
      // What is deleted to make room for a value above it would not be found to clash again.
      compareNextTime();
    }
  }

  private Resync.@Nullable Outcome attempt(ResyncJob job)
      throws InterruptedException, Retry.StoppedException {
    while (true) {
      try {
        Resync.Outcome outcome = resync.run(job, keeper.notes().leftovers());
        retry.succeeded();
        states.sinkFailing(false);
        return outcome;
      } catch (OtherHistoryException e) {
        retry.pause(e);
        return null;
      } catch (IOException e) {
        states.sinkFailing(true);
        retry.pause(e);
      }
    }
  }

  private void skip(Work.Recovery recovery) throws InterruptedException, Retry.StoppedException {
    log.warn("{}: skipped, changes inside it are lost: {}", link, recovery.gap().describe());
    long index = recovery.streamStart();
    reached = null;
    progress.changes.incrementAndGet();
    progress.skippedTo(index);
    keeper.notes().skipped(index);
    keeper.notes().anchors().recovered(recovery);
    save(new Checkpoint(index, recovery.clusterId(), check.checkpointScope(), Instant.now()));
    gaps.ended(recovery.gap(), Decision.SKIP_GAP, 0, 0);
  }

  private void save(Checkpoint next) throws InterruptedException, Retry.StoppedException {
    retry.run(() -> keeper.save(next), states::sinkFailing);
  }
}
