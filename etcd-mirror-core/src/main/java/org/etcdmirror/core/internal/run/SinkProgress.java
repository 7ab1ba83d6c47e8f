package org.etcdmirror.core.internal.run;

import java.io.IOException;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** The progress of the sink, for a comparison. */
@FunctionalInterface
public interface SinkProgress {

  /** Unknown progress; the sink is taken as it is. */
  SinkProgress UNKNOWN = head -> 0;

  /**
   * Waits a while until the sink holds what the source was.
   *
   * @return how many events it lacks in the end, of the whole source; 0 if it holds it
   */
  long behind(SourceHead head) throws IOException, InterruptedException, Retry.StoppedException;

  /**
   * The number of events between an index of a cluster and the source. An index of another cluster
   * counts as 0.
   *
   * @param cluster null if it was not recorded
   */
  static long behind(@Nullable String cluster, long index, SourceHead head) {
    boolean same = cluster == null || cluster.equals(head.clusterId());
    return same ? Math.max(0, head.index() - index) : Math.max(1, head.index());
  }
}
