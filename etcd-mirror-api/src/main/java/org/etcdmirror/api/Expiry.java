package org.etcdmirror.api;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * When something goes by itself: a moment in the life of this process, on a clock that never steps.
 * The wall clock may be set to another time between the moment when an expiry is read and the
 * moment when it is written. What is left does not change by that.
 *
 * <p>A protocol, a file or a person that needs an instant gets one from {@link #instant()} when it
 * is needed, and gives one to {@link #at(Instant)} as soon as it is known. An expiry means nothing
 * to another process.
 *
 * <p>Immutable. Two are equal if they are the same moment, to the nanosecond.
 *
 * @param nanos the moment, as {@link System#nanoTime()} counts
 */
public record Expiry(long nanos) {

  /** What is further away counts as this far; {@code nanoTime} does not reach much further. */
  private static final Duration FURTHEST = Duration.ofDays(36_500);

  /**
   * It goes by itself, at a time that was not asked for ({@link Selection#expiries()}): as far away
   * as can be.
   */
  public static final Expiry UNTOLD = in(FURTHEST);

  /** The moment when this much time has passed from now on; in the past if it is negative. */
  public static Expiry in(Duration left) {
    return after(System.nanoTime(), left);
  }

  /**
   * The moment when this much time has passed since another moment.
   *
   * @param nanos that moment, as {@link System#nanoTime()} counts
   */
  public static Expiry after(long nanos, Duration left) {
    return new Expiry(nanos + limited(left).toNanos());
  }

  /** The moment at which the wall clock shows this, unless it is set to another time. */
  public static Expiry at(Instant instant) {
    return at(instant, InstantSource.system());
  }

  /** The same by this wall clock, which is asked once. */
  public static Expiry at(Instant instant, InstantSource wallClock) {
    return in(Duration.between(wallClock.instant(), instant));
  }

  private static Duration limited(Duration left) {
    if (left.compareTo(FURTHEST) > 0) {
      return FURTHEST;
    }
    return left.compareTo(FURTHEST.negated()) < 0 ? FURTHEST.negated() : left;
  }

  /** How much time is left; negative if it is over. */
  public Duration left() {
    return Duration.ofNanos(nanos - System.nanoTime());
  }

  /** By how much this is later than the other; negative if it is earlier. */
  public Duration since(Expiry other) {
    return Duration.ofNanos(nanos - other.nanos);
  }

  /** Whether this comes first. */
  public boolean isBefore(Expiry other) {
    return nanos - other.nanos < 0;
  }

  /** What the wall clock will show at that moment, as far as it can be told now. */
  public Instant instant() {
    return instant(InstantSource.system());
  }

  /** The same by this wall clock, which is asked once. */
  public Instant instant(InstantSource wallClock) {
    return wallClock.instant().plus(left());
  }

  /** What is left, for a person. */
  @Override
  public String toString() {
    return "in " + left().toMillis() + " ms";
  }
}
