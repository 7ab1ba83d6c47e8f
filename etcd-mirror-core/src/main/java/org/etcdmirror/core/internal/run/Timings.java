package org.etcdmirror.core.internal.run;

import java.time.Duration;

/**
 * Intervals and pauses.
 *
 * @param closeTimeout how long a close waits for the current batch
 * @param backoff the pauses before a failed call is repeated
 * @param historyInterval how often the reach of the source's history, and a held backlog, are
 *     checked
 * @param awayInterval how often the suspects of an endpoint that stays away are compared
 * @param sinkInterval how long the sink may go without a request while nothing is written
 * @param lookAgain how long after a question both sides are compared again
 * @param resyncs when resyncs are a loop, and how it is slowed down
 */
public record Timings(
    Duration closeTimeout,
    Backoff.Range backoff,
    Duration historyInterval,
    Duration awayInterval,
    Duration sinkInterval,
    Backoff.Range lookAgain,
    RepeatedResyncs.Pace resyncs) {

  public static final Duration HISTORY_INTERVAL = Duration.ofSeconds(10);

  /** Each comparison reads both sides, so the pauses grow. */
  public static final Backoff.Range LOOK_AGAIN =
      new Backoff.Range(Duration.ofSeconds(10), Duration.ofMinutes(1));
}
