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
 * @param applying if not 0, the sink holds a part of what happened from {@code index} up to this
 *     index, which was too large to be applied as one
 */
public record Checkpoint(
    long index,
    @Nullable String clusterId,
    @Nullable String scope,
    Instant savedAt,
    long applying) {

  /** A checkpoint of a sink that is exactly at the index. */
  public Checkpoint(
      long index, @Nullable String clusterId, @Nullable String scope, Instant savedAt) {
    this(index, clusterId, scope, savedAt, 0);
  }

  /** Refuses nulls and negative indexes. */
  public Checkpoint {
    requireNonNull(savedAt, "savedAt");
    if (index < 0) {
      throw new IllegalArgumentException("an index is never negative, was " + index);
    }
  }

  /** The same checkpoint while a part of what leads to a later index is applied. */
  public Checkpoint whileApplying(long later) {
    return new Checkpoint(index, clusterId, scope, savedAt, later);
  }
}
