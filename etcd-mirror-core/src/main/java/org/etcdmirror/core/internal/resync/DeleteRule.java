package org.etcdmirror.core.internal.resync;

import org.etcdmirror.core.DeleteLimit;
import org.jspecify.annotations.Nullable;

/**
 * The deletes that a resync may do without an approval.
 *
 * @param limit how much
 * @param asked whether a person was asked already, so that less is allowed
 * @param asksForAny whether each delete is asked for, because the sink may hold what never was the
 *     mirror's and no limit was named
 */
record DeleteRule(DeleteLimit limit, boolean asked, boolean asksForAny) {

  boolean refuses(long deletes, long sinkEntries, boolean sourceEmpty) {
    if (asksForAny) {
      return deletes > 0;
    }
    return asked
        ? !isMoot(deletes, sinkEntries, sourceEmpty)
        : limit.refuses(deletes, sinkEntries, sourceEmpty);
  }

  /**
   * Whether so few are wanted that a question about more of them has become moot: neither of the
   * bounds is passed, not even the one. A source that fills again after it was wiped soon needs
   * fewer deletes than the number that is never refused, and is not healed by that.
   */
  private boolean isMoot(long deletes, long sinkEntries, boolean sourceEmpty) {
    if (deletes == 0) {
      return true;
    }
    if (sourceEmpty && !limit.allowEmptySource()) {
      return false;
    }
    boolean fewKeys = deletes <= limit.keys() || (limit.keys() == 0 && limit.percent() > 0);
    return fewKeys && (limit.percent() == 0 || deletes * 100.0 <= limit.percent() * sinkEntries);
  }

  /**
   * Names the limit that these deletes break, and no other.
   *
   * @return the end of a sentence; null if nothing is refused
   */
  @Nullable String reason(long deletes, long sinkEntries, boolean sourceEmpty) {
    if (!refuses(deletes, sinkEntries, sourceEmpty)) {
      return null;
    }
    if (sourceEmpty && !limit.allowEmptySource()) {
      return "the source is empty";
    }
    if (asksForAny) {
      return "a first copy deletes only what was approved";
    }
    if (!asked) {
      return "more than " + limit + (limit.percent() > 0 ? " of the sink" : "");
    }
    boolean tooMany = limit.percent() == 0 || (limit.keys() > 0 && deletes > limit.keys());
    return (tooMany
            ? "more than " + DeleteLimit.keys(limit.keys())
            : "more than " + DeleteLimit.percent(limit.percent()) + " of the sink")
        + " (after a refused plan, both limits must hold)";
  }
}
