package org.etcdmirror.testkit.fault;

import java.time.Duration;

/**
 * Limits of the line of a {@link FaultProxy}. Each direction has these limits for itself, and all
 * connections of the proxy share the bandwidth, as they would share a real line.
 *
 * @param bytesPerSecond how many bytes pass in a second; {@link #UNLIMITED} for any number
 * @param delay how long each byte is under way, one way, besides the time that the bandwidth costs
 * @param jitter by how much the delay varies: each piece takes up to this much longer, at random,
 *     and never overtakes another of its connection
 */
public record LinkLimits(long bytesPerSecond, Duration delay, Duration jitter) {

  /** A bandwidth without a limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** A line without limits. */
  public static final LinkLimits NONE = of(UNLIMITED, Duration.ZERO, Duration.ZERO);

  private static final int LARGEST_PIECE = 16 * 1024;
  private static final int SMALLEST_PIECE = 512;
  private static final int PIECES_A_SECOND = 50;
  private static final int LEAST_UNDER_WAY = 64 * 1024;
  private static final int MOST_UNDER_WAY = 16 * 1024 * 1024;

  /** Checks the values. */
  public LinkLimits {
    if (bytesPerSecond <= 0) {
      throw new IllegalArgumentException("bytesPerSecond must be positive, was " + bytesPerSecond);
    }
    if (delay.isNegative() || jitter.isNegative()) {
      throw new IllegalArgumentException(
          "delay and jitter must not be negative, were %s and %s".formatted(delay, jitter));
    }
  }

  /** A line with these limits. */
  public static LinkLimits of(long bytesPerSecond, Duration delay, Duration jitter) {
    return new LinkLimits(bytesPerSecond, delay, jitter);
  }

  /** A line with this bandwidth and no delay. */
  public static LinkLimits bandwidth(long bytesPerSecond) {
    return of(bytesPerSecond, Duration.ZERO, Duration.ZERO);
  }

  /** The same bandwidth and jitter with another delay. */
  public LinkLimits withDelay(Duration oneWay) {
    return of(bytesPerSecond, oneWay, jitter);
  }

  /** The number of bytes sent at once, so that connections take turns on a slow line. */
  int piece() {
    return (int)
        Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, bytesPerSecond / PIECES_A_SECOND));
  }

  /** The nanoseconds that the line needs for this many bytes. */
  long nanosFor(int bytes) {
    return bytesPerSecond == UNLIMITED ? 0 : (long) (bytes * 1e9 / bytesPerSecond);
  }

  /** The limit of bytes in flight on one connection; the sender waits with more. */
  long mostUnderWay() {
    if (bytesPerSecond == UNLIMITED) {
      return MOST_UNDER_WAY;
    }
    double inFlight = bytesPerSecond * (delay.toNanos() + jitter.toNanos()) / 1e9;
    return (long) Math.max(LEAST_UNDER_WAY, Math.min(MOST_UNDER_WAY, 2 * inFlight));
  }
}
