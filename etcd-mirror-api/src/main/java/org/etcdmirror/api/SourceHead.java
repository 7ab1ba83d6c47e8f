package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

/**
 * Who a source is and how far it has come, as agreed by its cluster.
 *
 * @param clusterId the cluster's identity, in the source's own spelling
 * @param index the newest index
 */
public record SourceHead(String clusterId, long index) {

  /** Refuses nulls. */
  public SourceHead {
    requireNonNull(clusterId, "clusterId");
  }
}
