package org.etcdmirror.pairings;

import java.util.Random;
import java.util.concurrent.Semaphore;

/** An application that sets and deletes keys below {@code /conf}, until it is closed. */
final class Writer implements AutoCloseable {

  private final Keyspace keys;
  private final Random random;
  private final Thread thread = new Thread(this::write, "writer");
  private final Semaphore written = new Semaphore(0);
  private volatile boolean stopped;

  Writer(Keyspace keys, long seed) {
    this.keys = keys;
    this.random = new Random(seed);
    thread.start();
  }

  private void write() {
    while (!stopped) {
      String key = "/conf/" + "abc".charAt(random.nextInt(3)) + "/leaf " + random.nextInt(10);
      if (random.nextInt(4) == 0) {
        keys.delete(key);
      } else {
        keys.put(key, "v" + random.nextInt(1000));
      }
      written.release();
    }
  }

  /** Waits until this many more writes are done. */
  void awaitWrites(int count) throws InterruptedException {
    written.drainPermits();
    written.acquire(count);
  }

  /** When this returns, nothing more is written. */
  @Override
  public void close() throws InterruptedException {
    stopped = true;
    thread.join();
  }
}
