package org.etcdmirror.pairings;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Writers that change the same few keys until they are closed. */
final class HotKeys implements AutoCloseable {

  private final ExecutorService threads;
  private final Semaphore changes = new Semaphore(0);
  private volatile boolean over;

  HotKeys(Keyspace keyspace, long seed, int writers) {
    threads = Executors.newFixedThreadPool(writers);
    for (int i = 0; i < writers; i++) {
      Random random = new Random(seed + i);
      threads.execute(() -> {
        while (!over) {
          keyspace.change(random);
          changes.release();
        }
      });
    }
  }

  /** Returns when there were some more changes. */
  void awaitMore(int count) throws InterruptedException {
    changes.drainPermits();
    if (!changes.tryAcquire(count, 3, MINUTES)) {
      throw new IllegalStateException("the writers stand still");
    }
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    threads.shutdown();
    if (!threads.awaitTermination(60, SECONDS)) {
      throw new IllegalStateException("a writer hangs");
    }
  }
}
