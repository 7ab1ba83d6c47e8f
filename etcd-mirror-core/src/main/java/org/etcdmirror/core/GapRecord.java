package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.RecoveryPolicy.Decision;

/**
 * How a gap ended.
 *
 * @param gap the gap
 * @param decision what was decided about it
 * @param at when it ended, on the mirror's clock
 * @param written values and directories that differed or were missing, and were written
 * @param deleted values and directories that were deleted because the source no longer has them
 * @param duration from when it was found
 */
public record GapRecord(
    Gap gap, Decision decision, Instant at, long written, long deleted, Duration duration) {

  /** Refuses nulls. */
  public GapRecord {
    requireNonNull(gap, "gap");
    requireNonNull(decision, "decision");
    requireNonNull(at, "at");
    requireNonNull(duration, "duration");
  }

  /** One line for a person. */
  public String describe() {
    String size =
        gap.isCountable() ? "gap of %d events".formatted(gap.events()) : "gap of unknown size";
    String end =
        switch (decision) {
          case FAIL -> "left open";
          case SKIP_GAP -> "skipped, its changes are lost";
          case RESYNC -> "%d keys differed, %d deleted".formatted(written, deleted);
        };
    return "%s, %s, %d ms (%s)".formatted(size, end, duration.toMillis(), gap.describe());
  }
}
