package org.etcdmirror.core.internal.gap;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.resync.DeletePermit;
import org.etcdmirror.core.internal.resync.OtherHistoryException;
import org.etcdmirror.core.internal.resync.RefusedDeletes;
import org.etcdmirror.core.internal.resync.ResyncJob;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.GapLedger;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Pause;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when the gap in hand is closed: at once, after its stream was lost, or once a person has
 * approved its deletes. Used by the applier's thread alone.
 */
public final class GapRecovery {

  private static final Logger log = LoggerFactory.getLogger(GapRecovery.class);

  private final String link;
  private final GapCloser closer;
  private final CheckpointKeeper keeper;
  private final Progress progress;
  private final GapLedger gaps;
  private final DeleteQuestion question;
  private final Pause pause;
  private final Doubts doubts;
  private final Restarts restarts;

  /** The pending resync: its last attempt failed, it awaits approval, or it was requested here. */
  private @Nullable ResyncJob open;

  /** For one run. */
  public GapRecovery(
      Settings settings, MirrorRuntime runtime, CheckpointKeeper keeper, GapCloser closer) {
    this.link = settings.link();
    this.closer = closer;
    this.restarts = closer.restarts();
    this.keeper = keeper;
    this.progress = runtime.progress();
    this.gaps = runtime.gaps();
    this.question = new DeleteQuestion(settings, runtime);
    this.pause = runtime.pause();
    this.doubts = runtime.doubts();
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
    log.info(
        LogEvent.RESYNC_STARTED.marker(),
        "[link={}] comparing source and sink: {}",
        link,
        gap.describe());
    open = closer.job(new Work.Resync(gap, clusterId, reached, 0, false), gap);
    doubts.add(gap);
    closer.storeDoubts(clusterId);
  }

  /** Something more is to be recovered from, which is looked at anew. */
  public void withdrawQuestion() {
    question.withdraw("another gap was found");
  }

  /** Comes after {@link #withdrawQuestion}. */
  public void recover(Work.Recovery recovery) throws InterruptedException, Retry.StoppedException {
    // An open resync cannot be skipped, so a skip becomes a resync.
    if (recovery instanceof Work.Skip && open == null) {
      closer.skip(recovery);
    } else if (isClosed(recovery)) {
      log.info(
          LogEvent.GAP_COVERED.marker(),
          "[link={}] gap closed by the previous resync: {}",
          link,
          recovery.gap().describe());
      Checkpoint at = requireNonNull(keeper.current(), "a resync was finished");
      closer.saveLevel(at, recovery.doubts());
      gaps.ended(recovery.gap(), Decision.RESYNC, 0, 0);
      doubts.ended(recovery.doubts());
      resynced(recovery);
    } else {
      Gap gravest = Doubts.graver(recovery.gap(), doubts.gravest().orElse(recovery.gap()));
      ResyncJob job =
          open == null ? closer.job(recovery, gravest) : open.followedBy(recovery, gravest);
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
      RefusedDeletes refused = closer.look(blocked);
      if (refused != null) {
        question.askAnew(blocked.gap(), refused);
      }
      return refused == null;
    } catch (OtherHistoryException e) {
      log.info(
          LogEvent.RESYNC_AGAIN.marker(),
          "[link={}] planning the resync again: {}",
          link,
          e.getMessage());
      doubts.recoveryFailed(blocked.recovery().doubts());
      return false;
    } catch (IOException e) {
      // The question stands as it is until the next look.
      log.warn(
          LogEvent.APPROVAL_UNCHECKED.marker(),
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
      if (closer.resync(job) == null) {
        doubts.recoveryFailed(job.recovery().doubts());
      } else {
        resynced(job.recovery());
        open = closer.takeFollowUp();
      }
    } catch (RefusedDeletes e) {
      keeper.notes().asks();
      closer.storeDoubts(job.clusterId());
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
        && closer.hasRead(recovery.clusterId(), recovery.streamStart());
  }
}
