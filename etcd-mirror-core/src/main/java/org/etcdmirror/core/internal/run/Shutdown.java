package org.etcdmirror.core.internal.run;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Tells both threads to end, and lets them wait for something without missing that. */
public final class Shutdown {

  private final CountDownLatch begun = new CountDownLatch(1);

  public void begin() {
    begun.countDown();
  }

  public boolean hasBegun() {
    return begun.getCount() == 0;
  }

  /**
   * Ends work that is not waiting for anything.
   *
   * @throws Retry.StoppedException if the mirror is to end
   */
  public void throwIfBegun() throws Retry.StoppedException {
    if (hasBegun()) {
      throw new Retry.StoppedException();
    }
  }

  /** Waits; true if it was cut short because the mirror is to end. */
  public boolean await(Duration pause) throws InterruptedException {
    return begun.await(pause.toNanos(), NANOSECONDS);
  }
}
