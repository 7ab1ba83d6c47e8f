package org.etcdmirror.quickstart;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something to become true. */
public final class Waiting {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PAUSE_MILLIS = 5;

  private Waiting() {}

  /** Waits until the condition is true, and returns the time that it took. */
  public static Duration until(String what, BooleanSupplier condition) throws InterruptedException {
    long began = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - began > PATIENCE.toNanos()) {
        throw new QuickstartException(
            "after " + PATIENCE.toSeconds() + " s it is still not so that " + what);
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
