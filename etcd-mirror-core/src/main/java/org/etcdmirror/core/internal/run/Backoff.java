package org.etcdmirror.core.internal.run;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;

/**
 * Computes the pause before the next attempt: doubling, each with a jitter of half its length, so
 * that many mirrors do not retry at the same moment.
 */
public final class Backoff {

  private static final int LONGEST_AFTER = 20;

  /** Between which lengths. */
  public record Range(Duration first, Duration longest) {

    /** 100 ms at first, 30 s at last. */
    public static final Range DEFAULT = new Range(Duration.ofMillis(100), Duration.ofSeconds(30));
  }

  private final IntervalFunction intervals;
  private int attempt;

  public Backoff(Range range) {
    intervals =
        IntervalFunction.ofExponentialRandomBackoff(range.first(), 2.0, 0.5, range.longest());
  }

  public Duration next() {
    attempt = Math.min(attempt + 1, LONGEST_AFTER);
    return Duration.ofMillis(intervals.apply(attempt));
  }

  public void reset() {
    attempt = 0;
  }
}
