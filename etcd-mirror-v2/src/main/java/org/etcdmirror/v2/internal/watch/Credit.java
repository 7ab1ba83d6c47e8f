package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Bounds the memory of one stream's events between the socket and the poll. When it is used up, the
 * watches are no longer read, which slows their server.
 */
public final class Credit {

  /** Roughly what an event costs besides its text. */
  private static final int OVERHEAD = 300;

  private final int limit;
  private final Semaphore free;
  private volatile boolean closed;

  public Credit(int limitBytes) {
    this.limit = limitBytes;
    this.free = new Semaphore(limitBytes);
  }

  /** Waits for room for a line; returns what to give back. A line of any size gets through. */
  int take(int length) throws InterruptedException, IOException {
    int cost = Math.min(limit, length + OVERHEAD);
    free.acquire(cost);
    if (closed) {
      free.release(cost);
      throw new IOException("the stream is closed");
    }
    return cost;
  }

  /** Takes room if there is some at once; returns what to give back, or -1 if there is none. */
  int tryTake(int length) {
    int cost = Math.min(limit, length + OVERHEAD);
    return free.tryAcquire(cost) ? cost : -1;
  }

  /** Whether half of the room is free. */
  boolean hasRoom() {
    return free.availablePermits() >= limit / 2;
  }

  void giveBack(int cost) {
    free.release(cost);
  }

  /** Ends the credit. A waiting thread fails. */
  void close() {
    closed = true;
    free.release(limit);
  }
}
