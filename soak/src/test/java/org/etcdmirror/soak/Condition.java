package org.etcdmirror.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** What is to become true. */
final class Condition {

  /** How long all of these are waited for. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final long LOOK_NANOS = Duration.ofMillis(300).toNanos();

  private Condition() {}

  /** Whether it becomes true in time. A look without an answer is made again. */
  static boolean comes(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - deadline < 0) {
      try {
        if (condition.call()) {
          return true;
        }
      } catch (IOException notYet) {
        // No answer now.
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return false;
  }
}
