package org.etcdmirror.file;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much history a dump keeps. It is removed when a snapshot is made, and never the newest state.
 * If both limits are given, history goes as soon as one of them says so.
 *
 * @param keep each index that was recorded in this time can be read; null for no limit by age
 * @param snapshots the most snapshots to read from, at least 1; null for no limit by number
 */
public record Retention(@Nullable Duration keep, @Nullable Integer snapshots) {

  private static final int SNAPSHOTS = 10;

  /** Keeps ten snapshots, and what came after the oldest of them. */
  public static final Retention DEFAULT = new Retention(null, SNAPSHOTS);

  /** Refuses numbers below 1 and negative times. */
  public Retention {
    if (snapshots != null && snapshots < 1) {
      throw new IllegalArgumentException("snapshots must be at least 1: " + snapshots);
    }
    if (keep != null && keep.isNegative()) {
      throw new IllegalArgumentException("keep must not be negative: " + keep);
    }
  }
}
