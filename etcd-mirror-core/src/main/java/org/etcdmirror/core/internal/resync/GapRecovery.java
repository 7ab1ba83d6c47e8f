package org.etcdmirror.core.internal.resync;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.GapLedger;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Pause;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.StateMachine;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes and skips gaps on the sink's side. Used by the applier's thread alone. */
public final class GapRecovery {

  private static final Logger log = LoggerFactory.getLogger(GapRecovery.class);

  private final String link;
  private final EntryCheck check;
  private final CheckpointKeeper keeper;
  private final Retry retry;
  private final Resync resync;
  private final StateMachine states;
  private final Progress progress;
  private final MirrorListener listener;
  private final GapLedger gaps;
  private final DeleteQuestion question;
  private final Pause pause;
  private final Doubts doubts;
  private final KeyMapper mapper;

  /** The head that the last resync of this run reached. */
  private @Nullable SourceHead reached;

  private final Restarts restarts;

  /** The follow-up of the last resync. */
  private @Nullable ResyncJob again;

  /** The pending resync: its last attempt failed, it awaits approval, or it was requested here. */
  private @Nullable ResyncJob open;

  /**
   * For one run.
   *
   * @param writer makes a batch of a resync durable
   * @param intake the stream, for a resync that reads the source in chunks
   */
  public GapRecovery(
      Settings settings,
      MirrorRuntime runtime,
      EntryCheck check,
      CheckpointKeeper keeper,
      Retry retry,
      Resync.Writer writer,
      Intake intake) {
    this.restarts = new Restarts(settings, runtime);
    this.link = settings.link();
    this.check = check;
    this.keeper = keeper;
    this.retry = retry;
    this.resync = new Resync(settings, runtime, check, keeper, writer, intake);
    this.states = runtime.states();
    this.progress = runtime.progress();
    this.listener = runtime.listener();
    this.gaps = runtime.gaps();
    this.question = new DeleteQuestion(settings, runtime);
    this.pause = runtime.pause();
    this.doubts = runtime.doubts();
    this.mapper = runtime.sides().mapper();
  }

  /** Whether the sink is at no index of what is followed, so that no event may be applied. */
  public boolean isAdrift() {
    return open != null;
  }

  /** Whether a person's approval is waited for. */
  public boolean isBlocked() {
    return question.isOpen();
  }

  /** Events through this index were not applied, as the sink is adrift. */
  public void dropped(long index) {
    if (open != null) {
      open.dropped(index);
    }
  }

  /**
   * The sink is found to be at no index. That is stored before anything else, and the reader, which
   * sees the doubt, hands over a recovery.
   *
   * @param reached an index that the source had reached
   */
  public void goAdrift(Gap gap, String clusterId, long reached)
      throws InterruptedException, Retry.StoppedException {
    log.info("[link={}] comparing source and sink: {}", link, gap.describe());
    open = job(new Work.Resync(gap, clusterId, reached, 0, false), gap);
    doubts.add(gap);
    storeDoubts(clusterId);
  }

  /** Something more is to be recovered from, which is looked at anew. */
  public void withdrawQuestion() {
    question.withdraw("another gap was found");
  }

  /** Comes after {@link #withdrawQuestion}. */
  public void recover(Work.Recovery recovery) throws InterruptedException, Retry.StoppedException {
    // An open resync cannot be skipped, so a skip becomes a resync.
    if (recovery instanceof Work.Skip && open == null) {
      skip(recovery);
    } else if (isClosed(recovery)) {
      log.info("[link={}] gap closed by the previous resync: {}", link, recovery.gap().describe());
      Checkpoint at = requireNonNull(keeper.current(), "a resync was finished");
      saveLevel(at, recovery.doubts());
      gaps.ended(recovery.gap(), Decision.RESYNC, 0, 0);
      doubts.ended(recovery.doubts());
      resynced(recovery);
    } else {
      Gap gravest = Doubts.graver(recovery.gap(), doubts.gravest().orElse(recovery.gap()));
      ResyncJob job = open == null ? job(recovery, gravest) : open.followedBy(recovery, gravest);
      if (restarts.isWaiting()) {
        open = job;
      } else {
        perform(job);
      }
    }
  }

  /** Goes on with what lost its stream. What comes before that is dropped, so that it flows. */
  public void goOnIfDue() throws InterruptedException, Retry.StoppedException {
    if (open != null && restarts.takeDue()) {
      perform(open);
    }
  }

  /** The job of a recovery. */
  public ResyncJob job(Work.Recovery recovery, Gap gravest) {
    return new ResyncJob(recovery, gravest, doubts.isOfFirstCopy());
  }

  /** Goes on with what was blocked, once that is approved, or is no question any more. */
  public void goOnIfAllowed() throws InterruptedException, Retry.StoppedException {
    ResyncJob blocked = open;
    if (blocked == null) {
      return;
    }
    DeletePermit permit = question.takePermit();
    if (permit != null) {
      blocked.permit(permit);
      perform(blocked);
    } else if (question.isDue() && !pause.isWanted() && isMoot(blocked)) {
      question.withdraw("the deletes are now within the limit");
      perform(blocked);
    }
  }

  /** Looks at both sides as they are by now; if the question still stands, it is asked anew. */
  private boolean isMoot(ResyncJob blocked) throws InterruptedException, Retry.StoppedException {
    long began = System.nanoTime();
    try {
      RefusedDeletes refused = resync.look(blocked, keeper.notes().formerEntries());
      if (refused != null) {
        question.askAnew(blocked.gap(), refused);
      }
      return refused == null;
    } catch (OtherHistoryException e) {
      log.info("[link={}] planning the resync again: {}", link, e.getMessage());
      doubts.inVain(blocked.recovery().doubts());
      return false;
    } catch (IOException e) {
      // The question stands as it is until the next look.
      log.warn(
          "[link={}] checking whether the approval is still needed failed: {}",
          link,
          e.getMessage());
      progress.error(e);
      return false;
    } finally {
      question.looked(Duration.ofNanos(System.nanoTime() - began));
    }
  }

  private void perform(ResyncJob job) throws InterruptedException, Retry.StoppedException {
    open = job;
    try {
      if (resync(job) == null) {
        doubts.inVain(job.recovery().doubts());
      } else {
        resynced(job.recovery());
        open = again;
        again = null;
      }
    } catch (RefusedDeletes e) {
      keeper.notes().asks();
      storeDoubts(job.clusterId());
      question.ask(job.gap(), e);
    }
  }

  private void resynced(Work.Recovery recovery) {
    open = null;
    keeper.notes().anchors().recovered(recovery);
  }

  /**
   * A resync that waited for its turn may have been overtaken by the one before it: if that read
   * the source when the later stream was open already, it read all that was missed, and no event of
   * the former stream was applied since, as each is at or below what it read.
   */
  private boolean isClosed(Work.Recovery recovery) {
    return open == null
        && recovery instanceof Work.Resync queued
        && queued.onlyEvents()
        && reached != null
        && reached.clusterId().equals(recovery.clusterId())
        && reached.index() >= recovery.streamStart();
  }

  /** Null if it was in vain, because the source is no longer what it was. */
  @Nullable
  public ResyncReport resync(ResyncJob job) throws InterruptedException, Retry.StoppedException {
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
      again = new ResyncJob(next, another, false);
      // Before the end of the others is stored, so that nothing calls the sink level in between.
      doubts.add(another);
    }
    keeper.notes().resyncDone(outcome.newest(), head.index());
    keeper.notes().expiring().replaceBy(outcome.expiring());
    ResyncReport report = outcome.report();
    progress.counters.resyncs.incrementAndGet();
    progress.changes.incrementAndGet();
    progress.counters.keysWritten.addAndGet(report.written());
    progress.counters.keysDeleted.addAndGet(report.deleted());
    progress.applied(head.index(), head.index(), outcome.readNanos());
    saveLevel(level(head.index(), head.clusterId()), job.recovery().doubts());
    log.info("[link={}] {}", link, report.describe());
    mapper.warnOfUnmatched(link);
    listener.onResync(report);
    gaps.ended(job.recovery().gap(), Decision.RESYNC, report.written(), report.deleted());
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

  public void skip(Work.Recovery recovery) throws InterruptedException, Retry.StoppedException {
    log.warn("[link={}] gap skipped, its changes are lost: {}", link, recovery.gap().describe());
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

  private void saveLevel(Checkpoint next, long number)
      throws InterruptedException, Retry.StoppedException {
    retry.run(() -> keeper.saveLevel(next, number), states::sinkFailing);
  }
}
