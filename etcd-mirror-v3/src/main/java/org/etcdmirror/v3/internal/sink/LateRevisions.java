package org.etcdmirror.v3.internal.sink;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The last revisions that transactions of unknown outcome compare. In a cluster that was put back
 * such a revision comes again, and a transaction that is carried out late would pass.
 */
final class LateRevisions {

  private static final int MOST = 1_000;

  /** In the order in which they came. */
  private final Set<Long> revisions = new LinkedHashSet<>();

  void add(long revision) {
    if (revisions.add(revision) && revisions.size() > MOST) {
      revisions.remove(revisions.iterator().next());
    }
  }

  boolean contains(long revision) {
    return revisions.contains(revision);
  }
}
