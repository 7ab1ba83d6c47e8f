package org.etcdmirror.core.internal.run;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits on a monitor, which the caller holds. */
public final class TimedWait {

  private TimedWait() {}

  /**
   * Waits until a condition holds, but not longer than this; whether it holds.
   *
   * @param monitor notified when the condition may have changed
   */
  public static boolean until(Object monitor, BooleanSupplier condition, Duration timeout)
      throws InterruptedException {
    long left = NANOSECONDS.convert(timeout);
    long deadline = System.nanoTime() + left;
    while (!condition.getAsBoolean() && left > 0) {
      NANOSECONDS.timedWait(monitor, left);
      left = deadline - System.nanoTime();
    }
    return condition.getAsBoolean();
  }
}
