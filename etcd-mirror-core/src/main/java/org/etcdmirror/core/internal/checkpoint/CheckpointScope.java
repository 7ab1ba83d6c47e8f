package org.etcdmirror.core.internal.checkpoint;

import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.run.Settings;
import org.jspecify.annotations.Nullable;

/**
 * The scope text of checkpoints: the scope's fingerprint, then whether entries were left out that a
 * run with other settings may write.
 *
 * @param fingerprint of the scope
 * @param leavesOut whether this run leaves out what the sink cannot hold
 */
public record CheckpointScope(String fingerprint, boolean leavesOut) {

  private static final String LEFT_OUT = " (some left out)";

  public static CheckpointScope of(Settings settings) {
    return new CheckpointScope(
        settings.scope().fingerprint(settings.expiry()),
        settings.unsupportedEntries() == UnsupportedEntries.SKIP);
  }

  /** Of a sink from which the next run goes on by events alone, if it leaves out the same. */
  public String level() {
    return leavesOut ? fingerprint + LEFT_OUT : fingerprint;
  }

  /** Whether a checkpoint is of another scope. A checkpoint without a scope counts as unchanged. */
  public boolean isChanged(@Nullable String stored) {
    return stored != null && !stored.equals(fingerprint) && !stored.equals(fingerprint + LEFT_OUT);
  }

  /** Whether a checkpoint is known to be of this scope. */
  boolean isSame(@Nullable String stored) {
    return stored != null && !isChanged(stored);
  }

  /** Whether events alone are not enough, though the scope is the same. */
  boolean isCompareFirst(@Nullable String stored) {
    return !leavesOut && (fingerprint + LEFT_OUT).equals(stored);
  }
}
