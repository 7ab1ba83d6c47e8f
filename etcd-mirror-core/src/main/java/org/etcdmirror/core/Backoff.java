package org.etcdmirror.core;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;

/**
 * How long to wait before the next attempt: doubling, each with a jitter of half its length, so
 * that many mirrors do not come back at the same moment.
 */
final class Backoff {

  private static final int LONGEST_AFTER = 20;

  /** Between which lengths. */
  record Range(Duration first, Duration longest) {

    /** 100 ms at first, 30 s at last. */
    static final Range DEFAULT = new Range(Duration.ofMillis(100), Duration.ofSeconds(30));
  }

  private final IntervalFunction intervals;
  private int attempt;

  Backoff(Range range) {
    intervals =
        IntervalFunction.ofExponentialRandomBackoff(range.first(), 2.0, 0.5, range.longest());
  }

  Duration next() {
    attempt = Math.min(attempt + 1, LONGEST_AFTER);
    return Duration.ofMillis(intervals.apply(attempt));
  }

  void reset() {
    attempt = 0;
  }
}
