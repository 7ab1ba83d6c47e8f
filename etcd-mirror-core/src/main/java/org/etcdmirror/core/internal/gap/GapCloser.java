package org.etcdmirror.core.internal.gap;

import java.io.IOException;
import java.time.Instant;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorWork;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.WorkObserver;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.resync.Intake;
import org.etcdmirror.core.internal.resync.OtherHistoryException;
import org.etcdmirror.core.internal.resync.RefusedDeletes;
import org.etcdmirror.core.internal.resync.Resync;
import org.etcdmirror.core.internal.resync.ResyncJob;
import org.etcdmirror.core.internal.resync.StreamLostException;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.GapLedger;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.RepeatedResyncs;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.StateMachine;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a gap by a resync, or skips it, and stores that it is closed. Used by the applier's thread
 * alone.
 */
public final class GapCloser {

  private static final Logger log = LoggerFactory.getLogger(GapCloser.class);

  private final String link;
  private final EntryCheck check;
  private final CheckpointKeeper keeper;
  private final Retry retry;
  private final Resync resync;
  private final Restarts restarts;
  private final StateMachine states;
  private final Progress progress;
  private final MirrorListener listener;
  private final WorkObserver observer;
  private final GapLedger gaps;
  private final Doubts doubts;
  private final RepeatedResyncs repeated;
  private final KeyMapper mapper;

  /** The head that the last resync of this run reached. */
  private @Nullable SourceHead reached;

  /** The resync that has to follow the last one. */
  private @Nullable ResyncJob followUp;

  /**
   * For one run.
   *
   * @param writers make the batches of a resync durable
   * @param intake the stream, for a resync that reads the source in chunks
   */
  public GapCloser(
      Settings settings,
      MirrorRuntime runtime,
      EntryCheck check,
      CheckpointKeeper keeper,
      Retry retry,
      Resync.Writers writers,
      Intake intake) {
    this.link = settings.link();
    this.check = check;
    this.keeper = keeper;
    this.retry = retry;
    this.resync = new Resync(settings, runtime, check, keeper, writers, intake);
    this.restarts = new Restarts(settings, runtime);
    this.states = runtime.states();
    this.progress = runtime.progress();
    this.listener = runtime.listener();
    this.observer = runtime.observer();
    this.gaps = runtime.gaps();
    this.doubts = runtime.doubts();
    this.repeated = runtime.repeatedResyncs();
    this.mapper = runtime.sides().mapper();
  }

  /** The job of a recovery. */
  public ResyncJob job(Work.Recovery recovery, Gap gravest) {
    return new ResyncJob(recovery, gravest, doubts.isOfFirstCopy());
  }

  /** The attempts that wait because a stream was lost. */
  Restarts restarts() {
    return restarts;
  }

  /** Whether the last resync has read the source of this cluster at or after an index. */
  boolean hasRead(String clusterId, long index) {
    return reached != null && reached.clusterId().equals(clusterId) && reached.index() >= index;
  }

  /** The resync that has to follow the last one, once; null if none has to. */
  @Nullable ResyncJob takeFollowUp() {
    ResyncJob next = followUp;
    followUp = null;
    return next;
  }

  /** The approval that a job would need now; null if none. Writes nothing. */
  @Nullable RefusedDeletes look(ResyncJob job)
      throws IOException, InterruptedException, Retry.StoppedException {
    return resync.look(job, keeper.notes().formerEntries());
  }

  /**
   * Closes a gap by a resync.
   *
   * @return null if it could not finish, because the source changed or the stream was lost
   * @throws RefusedDeletes if its deletes need an approval
   */
  @Nullable
  public ResyncReport resync(ResyncJob job) throws InterruptedException, Retry.StoppedException {
    WorkObserver.Ongoing work = observer.begin(new MirrorWork.Resync(link, job.gap()));
    ResyncReport report;
    try {
      report = close(job);
    } catch (Throwable e) {
      work.undone(e);
      throw e;
    }
    if (report == null) {
      work.undone(null);
    } else {
      work.done(report.written(), report.deleted());
    }
    return report;
  }

  private @Nullable ResyncReport close(ResyncJob job)
      throws InterruptedException, Retry.StoppedException {
    Gap gap = job.gap();
    if (gap.reason() == Gap.Reason.CLUSTER_REPLACED
        || gap.reason() == Gap.Reason.INDEX_WENT_BACKWARDS) {
      progress.nothingApplied();
    }
    keeper.notes().resyncBegins();
    storeDoubts(job.clusterId());
    Resync.Outcome outcome = attempt(job);
    if (outcome == null) {
      return null;
    }
    SourceHead head = outcome.head();
    reached = new SourceHead(head.clusterId(), outcome.readFrom());
    if (outcome.comparedFor() != null) {
      Gap another = new Gap(outcome.comparedFor(), head.index(), 0, head.index());
      Work.Recovery next = new Work.Resync(another, head.clusterId(), head.index(), 0, false);
      followUp = new ResyncJob(next, another, false);
      // Before the end of the others is stored, so that nothing calls the sink level in between.
      doubts.add(another);
    }
    keeper
        .notes()
        .resyncDone(
            outcome.newest(), new LastChange(outcome.newestPut(), head.index(), head.index()));
    keeper.notes().expiring().replaceBy(outcome.expiring());
    ResyncReport report = outcome.report();
    progress.counters.resyncs.incrementAndGet();
    progress.changes.incrementAndGet();
    progress.counters.keysWritten.addAndGet(report.written());
    progress.counters.keysDeleted.addAndGet(report.deleted());
    progress.applied(head.index(), head.index(), outcome.readNanos());
    progress.sourceIs(head, outcome.readNanos());
    saveLevel(level(head.index(), head.clusterId()), job.recovery().doubts());
    log.info(LogEvent.RESYNC_DONE.marker(), "[link={}] {}", link, report.describe());
    mapper.warnOfUnmatched(link);
    listener.onResync(report);
    gaps.ended(job.recovery().gap(), Decision.RESYNC, report.written(), report.deleted());
    repeated.ended(doubts.through(job.recovery().doubts()));
    doubts.ended(job.recovery().doubts());
    return report;
  }

  /**
   * Stores the doubts before anything acts on a gap. On a first run there is no checkpoint yet: one
   * at index 0 says that the first copy is not finished.
   */
  public void storeDoubts(String clusterId) throws InterruptedException, Retry.StoppedException {
    Checkpoint base = atLeast(clusterId);
    retry.run(() -> keeper.saveBeforeReading(base), states::sinkFailing);
  }

  private Checkpoint atLeast(String clusterId) {
    Checkpoint at = keeper.current();
    // What the loop guard stores before a first copy names no cluster yet.
    return at == null || (at.index() == 0 && at.clusterId() == null) ? level(0, clusterId) : at;
  }

  private Checkpoint level(long index, String clusterId) {
    return new Checkpoint(index, clusterId, check.checkpointScope(), Instant.now());
  }

  private Resync.@Nullable Outcome attempt(ResyncJob job)
      throws InterruptedException, Retry.StoppedException {
    boolean fenceFirst = false;
    while (true) {
      try {
        if (fenceFirst) {
          keeper.saveBeforeReading(atLeast(job.clusterId()));
        }
        Resync.Outcome outcome = resync.run(job, keeper.notes().formerEntries());
        retry.succeeded();
        restarts.succeeded();
        states.sinkFailing(false);
        return outcome;
      } catch (StreamLostException e) {
        restarts.lost(e);
        return null;
      } catch (OtherHistoryException e) {
        retry.pause(e);
        return null;
      } catch (IOException e) {
        progress.error(e);
        states.sinkFailing(true);
        retry.pause(e);
        // What this attempt has sent may still be carried out.
        fenceFirst = true;
      }
    }
  }

  /** Gives up what happened in a gap. */
  public void skip(Work.Recovery recovery) throws InterruptedException, Retry.StoppedException {
    log.warn(
        LogEvent.GAP_SKIPPED.marker(),
        "[link={}] gap skipped, its changes are lost: {}",
        link,
        recovery.gap().describe());
    long index = recovery.streamStart();
    reached = null;
    progress.changes.incrementAndGet();
    progress.skippedTo(index);
    keeper.notes().skipped(index);
    keeper.notes().anchors().recovered(recovery);
    saveLevel(level(index, recovery.clusterId()), recovery.doubts());
    gaps.ended(recovery.gap(), Decision.SKIP_GAP, 0, 0);
    doubts.ended(recovery.doubts());
  }

  /** Stores that the sink is level, and that all doubts through a number are ended. */
  void saveLevel(Checkpoint next, long number) throws InterruptedException, Retry.StoppedException {
    retry.run(() -> keeper.saveLevel(next, number), states::sinkFailing);
  }
}
