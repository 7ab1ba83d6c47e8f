package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a running mirror compares source and sink by itself: {@code
 * Verification.every(Duration.ofHours(1)).repair()}. What it finds is in the status, in metrics, in
 * the log, and told to listeners. What cannot be read is tried again at the next turn. Immutable.
 *
 * @param interval the time from the end of one comparison to the begin of the next, and before the
 *     first
 * @param repairs whether what differs is written to the sink; if not, it is only reported
 * @param entriesPerSecond how many entries a second are read from each side at most
 */
public record Verification(Duration interval, boolean repairs, long entriesPerSecond) {

  private static final long DEFAULT_RATE = 20_000;

  /**
   * Refuses what cannot be.
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

  /** The same, and what differs is written to the sink. */
  public Verification repair() {
    return new Verification(interval, true, entriesPerSecond);
  }

  /** The same at another rate. */
  public Verification rate(long entriesPerSecond) {
    return new Verification(interval, repairs, entriesPerSecond);
  }
}
