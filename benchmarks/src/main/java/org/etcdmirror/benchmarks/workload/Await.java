package org.etcdmirror.benchmarks.workload;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.UnusableException;

/** Waits for what a contestant does. */
final class Await {

  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private Await() {}

  /** Something that can be looked at. */
  @FunctionalInterface
  interface Look {

    boolean seen() throws Exception;
  }

  /**
   * Looks every few milliseconds, so that the look itself costs the servers little.
   *
   * @return the time at which it was seen
   * @throws UnusableException if the contestant ends before
   */
  static long until(Program contestant, int everyMillis, Look look) throws Exception {
    long start = System.nanoTime();
    while (true) {
      // Before the look, so that the time is not that of a slow answer.
      long now = System.nanoTime();
      if (look.seen()) {
        return now;
      }
      contestant.mustRun();
      if (now - start > PATIENCE.toNanos()) {
        throw new UnusableException("not finished after " + PATIENCE.toMinutes() + " minutes");
      }
      TimeUnit.MILLISECONDS.sleep(everyMillis);
    }
  }
}
