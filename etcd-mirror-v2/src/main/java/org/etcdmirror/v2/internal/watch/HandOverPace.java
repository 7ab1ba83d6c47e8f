package org.etcdmirror.v2.internal.watch;

import java.time.Duration;

/**
 * Decides how often a watch is handed over. The store keeps its last 1000 events (etcd 2.0 to 3.5),
 * whichever client made them, so the pace follows the rate at which the store's index moves: about
 * every 200 events, at least once a second, at most 20 times a second.
 */
final class HandOverPace {

  private static final double EVENTS = 200;
  private static final Duration SLOWEST = Duration.ofSeconds(1);
  private static final Duration FASTEST = Duration.ofMillis(50);

  /** Old rates fade within a few seconds. */
  private static final double KEEP = 0.5;

  private long seenIndex = -1;
  private long seenNanos;
  private double eventsPerSecond;

  /** The store was at this index at this time. */
  void seen(long index, long nanos) {
    if (seenIndex < 0) {
      seenIndex = index;
      seenNanos = nanos;
      return;
    }
    double seconds = (nanos - seenNanos) / 1e9;
    if (seconds < FASTEST.toMillis() / 1000.0 || index < seenIndex) {
      return;
    }
    double rate = (index - seenIndex) / seconds;
    // A rising rate counts at once: being too slow costs the history.
    eventsPerSecond = Math.max(rate, KEEP * eventsPerSecond + (1 - KEEP) * rate);
    seenIndex = index;
    seenNanos = nanos;
  }

  /** The time from one hand-over to the next. */
  Duration next() {
    double seconds = EVENTS / Math.max(eventsPerSecond, 1);
    long millis = (long) (seconds * 1000);
    return Duration.ofMillis(Math.max(FASTEST.toMillis(), Math.min(SLOWEST.toMillis(), millis)));
  }
}
