package org.etcdmirror.v3.internal.watch;

import java.time.Duration;

/**
 * How far a stream may go in reading a long history by stripes.
 *
 * @param watches the most watches that read at the same time; 1 means that one watch reads alone
 * @param revisions how many revisions of its range a watch is sent in one round of the server
 * @param patience how long a set of stripes waits for any answer
 * @param room what all sets may use together
 */
public record StripeLimits(int watches, int revisions, Duration patience, StripeRoom room) {

  /** {@code watchBatchMaxRevs} of etcd. */
  private static final int ROUND = 1000;

  /** A round takes a tenth of a second, and the time to read all of the history that is left. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Refuses a number of watches below 1. */
  public StripeLimits {
    if (watches < 1) {
      throw new IllegalArgumentException(
          "watches for catching up: %d; use 1 or more".formatted(watches));
    }
  }

  /** With etcd's rounds, and what this process has room for. */
  public static StripeLimits with(int watches) {
    return new StripeLimits(watches, ROUND, PATIENCE, StripeRoom.PROCESS);
  }

  /** With answers of so few revisions, and room of its own; for tests. */
  public static StripeLimits ofShortAnswers(int watches, int revisions) {
    return new StripeLimits(watches, revisions, PATIENCE, StripeRoom.ofProcess());
  }

  boolean isStriped() {
    return watches > 1;
  }
}
