package org.etcdmirror.v3.internal.client;

import java.time.Duration;

/**
 * How long a watch may be silent although its range has changed, before another one takes its
 * place. A server may need long for its first answer, and a new watch from the same index makes it
 * begin again. So each watch that ends silent at an index doubles the patience with the next one
 * that begins there. Safe for use by many threads.
 */
public final class WatchPatience {

  private static final long LEAST = Duration.ofSeconds(5).toNanos();

  /** A server that has begun to answer is at work. */
  private static final int TIMES_WITHIN_ANSWER = 6;

  private static final long MOST = Duration.ofMinutes(10).toNanos();

  private long index = -1;
  private long nanos = LEAST;

  WatchPatience() {}

  /** The patience with a watch once it has delivered something. */
  public static long leastNanos() {
    return LEAST;
  }

  /** The patience with a watch that begins at an index, until it has delivered something. */
  public synchronized long nanos(long start) {
    return start == index ? nanos : LEAST;
  }

  /** How long the next piece of an answer may stay away, on a watch that begins at an index. */
  public long nanosWithinAnswer(long start) {
    return Math.min(MOST, TIMES_WITHIN_ANSWER * nanos(start));
  }

  /** A watch that began at an index ended without having delivered anything. */
  public synchronized void silent(long start) {
    nanos = Math.min(MOST, 2 * nanos(start));
    index = start;
  }
}
