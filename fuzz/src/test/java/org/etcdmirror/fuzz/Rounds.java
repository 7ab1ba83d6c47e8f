package org.etcdmirror.fuzz;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Repeats a test with one seed after the other, and names the seed of a round that fails. {@code
 * -Dfuzz.seed=N} is the first seed, {@code -Dfuzz.rounds=N} the number of rounds. With {@code
 * -Dfuzz.seconds=N} rounds begin until that time is over.
 */
final class Rounds {

  private static final long FIRST = Long.getLong("fuzz.seed", 1);
  private static final int NUMBER = Integer.getInteger("fuzz.rounds", 0);
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 0));

  private Rounds() {}

  /** One round. */
  @FunctionalInterface
  interface Round {
    void run(long seed, SplittableRandom random) throws Exception;
  }

  /**
   * Runs all rounds.
   *
   * @param usual how many there are unless a property says it
   */
  static void run(int usual, Round round) {
    int most = NUMBER > 0 ? NUMBER : TIME.isZero() ? usual : Integer.MAX_VALUE;
    long began = System.nanoTime();
    for (int i = 0; i < most && isTimeLeft(began); i++) {
      long seed = FIRST + i;
      try {
        round.run(seed, new SplittableRandom(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "failed with -Dfuzz.seed=%d -Dfuzz.rounds=1: %s".formatted(seed, e.getMessage()), e);
      }
    }
  }

  private static boolean isTimeLeft(long began) {
    return TIME.isZero() || System.nanoTime() - began < TIME.toNanos();
  }
}
