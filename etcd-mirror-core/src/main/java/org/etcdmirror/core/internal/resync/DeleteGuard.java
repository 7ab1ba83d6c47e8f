package org.etcdmirror.core.internal.resync;

import java.io.IOException;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.DeleteLimitException;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.SinkNotEmptyException;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Consent;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Sides;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides which deletes of a resync need an approval. Used by the applier's thread alone. */
public final class DeleteGuard {

  private static final Logger log = LoggerFactory.getLogger(DeleteGuard.class);

  private final String link;
  private final InspectableSource source;
  private final CheckpointNotes notes;
  private final DeleteLimit limit;
  private final Consent consent;

  public DeleteGuard(Settings settings, Sides sides, CheckpointNotes notes) {
    this.source = sides.source();
    this.notes = notes;
    this.link = settings.link();
    this.limit = settings.consent().deleteLimit();
    this.consent = settings.consent();
  }

  /** The rule for the first pass of an attempt. */
  DeleteRule rule(ResyncJob job) {
    return rule(job.isFirstCopy() && !job.holdsNothingForeign());
  }

  /**
   * The rule for a resync.
   *
   * @param stranger whether the sink may hold what never was the mirror's
   */
  DeleteRule rule(boolean stranger) {
    // What was too much once is not allowed by a few keys that came since, nor by a restart.
    return new DeleteRule(limit, notes.wasAsked(), stranger && !consent.limitGiven());
  }

  /** The rule for a resync that waits for its approval. */
  DeleteRule ruleOfQuestion(ResyncJob job) {
    return new DeleteRule(limit, true, rule(job).asksForAny());
  }

  /** Whether a person is to be asked about what a pass has found. */
  boolean refuses(ResyncPass pass, DeleteRule rule, ResyncJob job)
      throws IOException, InterruptedException {
    return pass.isRefused(rule, job.permit()) && !isExpiry(pass, rule, job.gap());
  }

  /** The plan of a pass, with the reason why it would need an approval. */
  public ResyncPlan plan(ResyncPass pass, @Nullable Gap gravest, String clusterId)
      throws IOException, InterruptedException {
    boolean firstCopy = gravest != null && gravest.reason() == Gap.Reason.NO_CHECKPOINT;
    DeleteRule rule = rule(firstCopy && !notes.isBegunEmpty(clusterId));
    boolean refused = pass.isRefused(rule, DeletePermit.NONE) && !isExpiry(pass, rule, gravest);
    return pass.plan(refused ? pass.refusal(rule) : null);
  }

  /**
   * Whether the deletes are those of keys that went by themselves. The source must be proven to be
   * of the history that the sink is from: that nothing speaks against it is not enough.
   */
  private boolean isExpiry(ResyncPass pass, DeleteRule rule, @Nullable Gap gap)
      throws IOException, InterruptedException {
    if ((gap != null && Doubts.isOfAnotherOrigin(gap)) || !pass.mayBeExpiry(rule)) {
      return false;
    }
    Anchors anchors = notes.anchors();
    if (!isProven(anchors.lasting().known()) && !isProven(anchors.known())) {
      return false;
    }
    log.info(
        LogEvent.DELETES_EXPIRED.marker(),
        "[link={}] deletes of expired keys need no approval, because the history of the source is proven: deletes={}",
        link,
        pass.expired());
    return true;
  }

  private boolean isProven(@Nullable Anchor anchor) throws IOException, InterruptedException {
    return anchor != null && source.check(anchor) == Anchor.Check.HOLDS;
  }

  /**
   * The exception of a refused resync: a request for approval, or a final failure if the first copy
   * requires an empty sink.
   */
  PermanentException refused(ResyncJob job, DeleteLimitException asked) {
    return job.isFirstCopy() && consent.requiresEmpty()
        ? new SinkNotEmptyException(
            "%s: sink is not empty, but the first copy requires an empty sink: %s"
                .formatted(link, asked.getMessage()))
        : asked;
  }

  /**
   * Takes note that the whole plan is known and allowed.
   *
   * @return by which the next passes are judged: what has become too much since then was deleted in
   *     the source, and needs what any resync needs
   */
  DeleteRule looked(ResyncJob job, ResyncPass pass) {
    if (job.isFirstCopy() && pass.isWithoutExtras()) {
      job.foundNothingForeign();
    }
    ResyncPlan plan = pass.plan(null);
    if (job.isFirstCopy() && plan.overwrites() > 0) {
      log.warn(
          LogEvent.COPY_OVERWRITES.marker(),
          "[link={}] first copy overwrites values in the sink: values={} first={}",
          link,
          plan.overwrites(),
          plan.overwriteSamples());
    }
    return rule(false);
  }
}
