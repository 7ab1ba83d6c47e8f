package org.etcdmirror.core.internal.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A moment in the past that another process recorded. The wall clock is asked once, when the record
 * is read; from then on a clock counts that never steps.
 *
 * @param nanos the moment, as {@link System#nanoTime()} counts
 */
public record Since(long nanos) {

  /** A record may be forged, and more does not fit into a count of nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(100 * 365);

  /**
   * The moment at which the wall clock showed this; now if it says that it is yet to come, and 100
   * years ago if it was before that.
   */
  public static Since of(Instant recorded, InstantSource wallClock) {
    Duration ago = Duration.between(recorded, wallClock.instant());
    Duration bounded = ago.compareTo(LONGEST) > 0 ? LONGEST : ago;
    return new Since(System.nanoTime() - (bounded.isNegative() ? 0 : bounded.toNanos()));
  }

  /** The elapsed time. */
  public Duration ago() {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
