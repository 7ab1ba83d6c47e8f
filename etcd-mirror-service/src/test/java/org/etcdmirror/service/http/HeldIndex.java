package org.etcdmirror.service.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The index that the sink of a test holds. */
final class HeldIndex {

  /** Opens when somebody waits for an index that is not reached. */
  final CountDownLatch awaited = new CountDownLatch(1);

  private long index;

  HeldIndex(long index) {
    this.index = index;
  }

  synchronized void reach(long next) {
    index = next;
    notifyAll();
  }

  synchronized boolean await(long wanted, Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    for (long left = end - System.nanoTime();
        index < wanted && left > 0;
        left = end - System.nanoTime()) {
      awaited.countDown();
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return index >= wanted;
  }
}
