package org.etcdmirror.core.internal.run;

import java.io.IOException;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** What a comparison may know of how far the sink is. */
@FunctionalInterface
public interface SinkProgress {

  /** Nobody knows; the sink is taken as it is. */
  SinkProgress UNKNOWN = head -> 0;

  /**
   * Waits a while until the sink holds what the source was.
   *
   * @return how many events it lacks in the end, of the whole source; 0 if it holds it
   */
  long behind(SourceHead head) throws IOException, InterruptedException, Retry.StoppedException;

  /**
   * How many events lie between an index of a cluster and a source. Of another cluster nothing is
   * known to be in the sink, whatever its index.
   *
   * @param cluster null if nobody recorded it
   */
  static long behind(@Nullable String cluster, long index, SourceHead head) {
    boolean same = cluster == null || cluster.equals(head.clusterId());
    return same ? Math.max(0, head.index() - index) : Math.max(1, head.index());
  }
}
