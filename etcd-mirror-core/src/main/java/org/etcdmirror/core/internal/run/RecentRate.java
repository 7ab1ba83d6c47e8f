package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Measures how fast a count has grown lately. Observes it as often as it is asked. */
final class RecentRate {

  private static final long WINDOW = Duration.ofSeconds(30).toNanos();
  private static final double NANOS_PER_SECOND = 1e9;

  /** Observations closer to each other than this are one. A shorter time shows no rate. */
  private static final long SHORTEST = Duration.ofSeconds(1).toNanos();

  /** A longer time is no forecast. */
  private static final Duration LONGEST = Duration.ofDays(1000);

  private record Seen(long count, long nanos) {}

  /** The first one is as old as the window, or the newest that is older. */
  private final Deque<Seen> seen = new ArrayDeque<>();

  private Seen last;

  /**
   * A count of 0.
   *
   * @param nanos when it was 0, by {@link System#nanoTime()}
   */
  RecentRate(long nanos) {
    last = new Seen(0, nanos);
    seen.add(last);
  }

  /** The count is this now. */
  void observe(long count, long nanos) {
    last = new Seen(count, nanos);
    if (nanos - seen.getLast().nanos() >= SHORTEST) {
      seen.add(last);
    }
    Seen first = seen.remove();
    while (!seen.isEmpty() && nanos - seen.element().nanos() >= WINDOW) {
      first = seen.remove();
    }
    seen.addFirst(first);
  }

  /** The growth in a second; 0 if there was none, or too little time to see it. */
  double perSecond() {
    Seen first = seen.element();
    long took = last.nanos() - first.nanos();
    return took < SHORTEST ? 0 : (last.count() - first.count()) * NANOS_PER_SECOND / took;
  }

  /** The time for this growth; null if it cannot be foreseen. */
  @Nullable Duration timeFor(long more) {
    double seconds = more / perSecond();
    return more == 0
        ? Duration.ZERO
        : seconds < LONGEST.toSeconds() ? Duration.ofMillis((long) (seconds * 1000)) : null;
  }
}
