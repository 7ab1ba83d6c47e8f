package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which deletes of a resync need a person. Used by the applier's thread alone. */
final class DeleteGuard {

  private static final Logger log = LoggerFactory.getLogger(DeleteGuard.class);

  private final String link;
  private final DeleteLimit limit;
  private final Consent consent;

  DeleteGuard(Parts parts) {
    this.link = parts.link();
    this.limit = parts.deleteLimit();
    this.consent = parts.consent();
  }

  /** By which the first pass of an attempt is judged. */
  DeleteRule rule(ResyncJob job) {
    return rule(job.isFirstCopy() && !job.holdsNothingForeign());
  }

  /**
   * By which a resync is judged.
   *
   * @param stranger whether the sink may hold what never was the mirror's
   */
  DeleteRule rule(boolean stranger) {
    return new DeleteRule(limit, stranger && !consent.limitGiven());
  }

  /** What a refused resync ends with: a question, unless nobody is to be asked. */
  PermanentException refused(ResyncJob job, DeleteLimitException asked) {
    return job.isFirstCopy() && consent.requiresEmpty()
        ? new SinkNotEmptyException(
            "%s: an empty sink is required for the first copy; %s".formatted(link, asked.getMessage()))
        : asked;
  }

  /**
   * All that is to be done is known and allowed.
   *
   * @return by which the next passes are judged: what has become too much since then was deleted in
   *     the source, and needs what any resync needs
   */
  DeleteRule looked(ResyncJob job, ResyncPass pass) {
    if (pass.isWithoutExtras()) {
      job.foundNothingForeign();
    }
    ResyncPlan plan = pass.plan(rule(false));
    if (job.isFirstCopy() && plan.overwrites() > 0) {
      log.warn(
          "{}: the first copy replaces {} values that the sink holds already, the first: {}",
          link,
          plan.overwrites(),
          plan.overwriteSamples());
    }
    return rule(false);
  }
}
