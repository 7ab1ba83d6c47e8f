package org.etcdmirror.soak;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** An application that writes to the source until it is closed. */
final class Writer implements AutoCloseable {

  private final Writes writes;
  private final long pauseNanos;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Thread thread;
  private volatile boolean stopped;

  /**
   * Starts it.
   *
   * @param pauseNanos between two writes
   */
  Writer(String name, Writes writes, long pauseNanos) {
    this.writes = writes;
    this.pauseNanos = pauseNanos;
    this.thread = new Thread(this::write, name);
    thread.start();
  }

  private void write() {
    while (!stopped) {
      try {
        writes.next();
        done.incrementAndGet();
      } catch (IOException notAnswered) {
        failed.incrementAndGet();
      }
      LockSupport.parkNanos(pauseNanos);
    }
  }

  /** How many were answered. */
  long done() {
    return done.get();
  }

  /** How many were not answered, or with a failure of the server. */
  long failed() {
    return failed.get();
  }

  /** When this returns, nothing more is sent. */
  @Override
  public void close() throws InterruptedException {
    stopped = true;
    thread.join();
  }
}
