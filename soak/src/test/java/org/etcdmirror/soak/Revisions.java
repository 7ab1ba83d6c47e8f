package org.etcdmirror.soak;

import java.util.List;
import org.etcdmirror.soak.SourceHistory.Change;

/** Takes what the revisions of a v3 cluster changed. Safe for use by many threads. */
interface Revisions {

  /** The newest revision that was taken: what comes next is wanted. */
  long newest();

  /** A revision after those that were taken. */
  void add(long revision, List<Change> changes);

  /** The cluster has forgotten all revisions before this one. */
  void compacted(long oldest);
}
