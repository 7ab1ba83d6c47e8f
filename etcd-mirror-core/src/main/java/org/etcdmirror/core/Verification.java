package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a running mirror compares source and sink by itself: {@code
 * Verification.every(Duration.ofHours(1)).repair()}. The results are in the status, in metrics and
 * in the log, and listeners receive them. If a side cannot be read, the next comparison tries
 * again. Immutable.
 *
 * @param interval the time before the first comparison, and between the end of one and the start of
 *     the next
 * @param repairs whether differences are written to the sink; if not, they are only reported
 * @param entriesPerSecond how many entries a second are read from each side at most
 */
public record Verification(Duration interval, boolean repairs, long entriesPerSecond) {

  private static final long DEFAULT_RATE = 20_000;

  /**
   * Checks the interval and the rate.
   *
   * @throws IllegalArgumentException if the interval or the rate is not positive
   */
  public Verification {
    requireNonNull(interval, "interval");
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException(
          "interval of a verification must be positive: " + interval);
    }
    if (entriesPerSecond < 1) {
      throw new IllegalArgumentException(
          "rate of a verification must be positive: " + entriesPerSecond);
    }
  }

  /** Reports differences, and reads at most 20,000 entries a second from each side. */
  public static Verification every(Duration interval) {
    return new Verification(interval, false, DEFAULT_RATE);
  }

  /** Returns a verification that also writes the differences to the sink. */
  public Verification repair() {
    return new Verification(interval, true, entriesPerSecond);
  }

  /** Returns a verification with another rate. */
  public Verification rate(long entriesPerSecond) {
    return new Verification(interval, repairs, entriesPerSecond);
  }
}
