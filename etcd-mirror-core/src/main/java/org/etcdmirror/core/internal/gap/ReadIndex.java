package org.etcdmirror.core.internal.gap;

import org.etcdmirror.api.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * An index through which a source was read.
 *
 * @param index the index
 * @param clusterId the cluster that counted it; null if that was not recorded
 */
public record ReadIndex(long index, @Nullable String clusterId) {

  /** The index of a checkpoint. */
  public static ReadIndex of(Checkpoint stored) {
    return new ReadIndex(stored.index(), stored.clusterId());
  }
}
