package org.etcdmirror.v2.internal.watch;

import java.time.Duration;

/**
 * A clock for judging silence. It does not count time in which this process was not running, for a
 * pause of the collector or for want of a processor: whatever came meanwhile has not been read, and
 * a healthy watch would seem dead. For one thread.
 */
final class PatientClock {

  private static final Duration SLACK = Duration.ofMillis(20);

  private long nanos;
  private long lastNanos = System.nanoTime();

  /** The time of the last {@link #advance}, from any beginning. */
  long now() {
    return nanos;
  }

  /** Goes on by what has passed, but by little more than what was meant to be waited. */
  long advance(Duration meant) {
    long current = System.nanoTime();
    nanos += Math.min(current - lastNanos, meant.plus(SLACK).toNanos());
    lastNanos = current;
    return nanos;
  }
}
