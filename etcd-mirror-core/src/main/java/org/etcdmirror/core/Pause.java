package org.etcdmirror.core;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;

/** A person's wish that nothing be written. The applier waits for its end between two works. */
final class Pause {

  private boolean wanted;
  private boolean over;

  synchronized void begin() {
    wanted = true;
  }

  synchronized void end() {
    wanted = false;
    notifyAll();
  }

  synchronized boolean isWanted() {
    return wanted && !over;
  }

  /** Waits for the end, but not longer than this; whether it has come. */
  synchronized boolean awaitEnd(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long left = timeout.toNanos();
    while (isWanted() && left > 0) {
      NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
    return !isWanted();
  }

  /** The mirror ends, and nobody waits any more. */
  synchronized void over() {
    over = true;
    notifyAll();
  }
}
