package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a sink is.
 *
 * @param index the sink holds the effect of every event of the scope through this source index
 * @param clusterId the identity of the source's cluster; null if the checkpoint comes from a
 *     program that did not record it
 * @param scope the fingerprint of the scope that was mirrored; null if it was not recorded
 * @param savedAt when it was made, on the mirror's clock
 */
public record Checkpoint(
    long index, @Nullable String clusterId, @Nullable String scope, Instant savedAt) {

  /** Refuses nulls and negative indexes. */
  public Checkpoint {
    requireNonNull(savedAt, "savedAt");
    if (index < 0) {
      throw new IllegalArgumentException("an index is never negative, was " + index);
    }
  }
}
