package org.etcdmirror.benchmarks.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What has been seen at the sink last. Safe for use by many threads. */
final class Arrivals {

  private static final long PATIENCE_SECONDS = 60;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private String key = "";
  private long time;

  /** A key has just arrived. */
  void arrived(String newest) {
    long now = System.nanoTime();
    lock.lock();
    try {
      key = newest;
      time = now;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a key; the time when it arrived. */
  long await(String wanted) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    lock.lock();
    try {
      while (!key.equals(wanted)) {
        if (left <= 0) {
          throw new IllegalStateException(
              wanted + " did not reach the sink; the last one was " + key);
        }
        left = changed.awaitNanos(left);
      }
      return time;
    } finally {
      lock.unlock();
    }
  }
}
