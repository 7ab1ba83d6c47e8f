package org.etcdmirror.core;

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
        ? !limit.isMoot(deletes, sinkEntries, sourceEmpty)
        : limit.refuses(deletes, sinkEntries, sourceEmpty);
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
