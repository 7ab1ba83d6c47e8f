package org.etcdmirror.core.internal.resync;

import org.etcdmirror.core.DeleteLimit;

/**
 * What a resync may delete before a person is asked.
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

  /** For a message. */
  String allowance() {
    if (asksForAny) {
      return "a first copy deletes nothing that a person has not approved";
    }
    return asked
        ? "since a person was asked, no bound may be passed of " + limit
        : "allowed are " + limit;
  }
}
