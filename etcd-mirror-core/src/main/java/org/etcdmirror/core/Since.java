package org.etcdmirror.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A moment in the past that another process recorded. The wall clock is asked once, when the record
 * is read; from then on a clock counts that never steps.
 *
 * @param nanos the moment, as {@link System#nanoTime()} counts
 */
record Since(long nanos) {

  /** The moment at which the wall clock showed this; now if it says that it is yet to come. */
  static Since of(Instant recorded, InstantSource wallClock) {
    Duration ago = Duration.between(recorded, wallClock.instant());
    return new Since(System.nanoTime() - (ago.isNegative() ? 0 : ago.toNanos()));
  }

  /** How long ago it is. */
  Duration ago() {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
