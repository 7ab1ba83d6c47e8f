package org.etcdmirror.api;

import java.io.IOException;

/**
 * The cluster that a sink writes to, as far as the sink can tell. The engine asks it whether a
 * mirror would read what it writes. Safe for use by many threads.
 */
public interface SinkCluster {

  /**
   * The identity and the newest index of the cluster, spelled and counted as an {@link EventSource}
   * of the same {@link KeyModel} on this cluster spells and counts its own. Read with the agreement
   * of the cluster (a quorum or linearizable read): an index that a client got before is never
   * above it.
   *
   * @throws IOException if it cannot be read now
   */
  SourceHead head() throws IOException, InterruptedException;

  /**
   * Whether the change at an index of this cluster was made by this sink. A sink remembers its
   * newest writes only, so false proves nothing. False by default.
   */
  default boolean hasWritten(long index) {
    return false;
  }

  /**
   * Whether this cluster is the one that an anchor was taken from, as {@link
   * InspectableSource#check} says it of a source. UNKNOWN by default.
   *
   * @throws IOException if it cannot be read now
   */
  default Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return Anchor.Check.UNKNOWN;
  }
}
