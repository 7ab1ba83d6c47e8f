package org.etcdmirror.v2.internal.watch;

import java.io.InterruptedIOException;

/**
 * Bounds the memory of the walkers of a stretch of history, from the first byte of an event until
 * the event is taken. Events are taken from one walker after the other. So the one whose turn it is
 * gets room for one event whatever its size, or the others, which wait for it, would hold it up.
 * Safe for use by many threads.
 */
final class HistoryRoom {

  private final long limit;
  private final int[] waiting;
  private long held;
  private int turn;
  private boolean wasFull;

  HistoryRoom(long limitBytes, int walkers) {
    this.limit = limitBytes;
    this.waiting = new int[walkers];
  }

  /** The memory that one walker holds for the event that it reads. Used by its thread alone. */
  final class Share implements HistoryLook.Room {

    private final int walker;
    private long reading;

    Share(int walker) {
      this.walker = walker;
    }

    @Override
    public void hold(long bytes) throws InterruptedIOException {
      take(walker, bytes - reading);
      reading = bytes;
    }

    /** The event was read, and waits to be taken; returns what is to be given back then. */
    long handOver() {
      long bytes = reading;
      reading = 0;
      HistoryRoom.this.handOver(walker);
      return bytes;
    }

    /** Releases the memory. */
    void drop() {
      giveBack(reading);
      reading = 0;
    }
  }

  private synchronized void take(int walker, long bytes) throws InterruptedIOException {
    try {
      while (bytes > 0 && held + bytes > limit && !(walker == turn && waiting[walker] == 0)) {
        wasFull = true;
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
    }
    held += bytes;
  }

  private synchronized void handOver(int walker) {
    waiting[walker]++;
  }

  private synchronized void giveBack(long bytes) {
    held -= bytes;
    notifyAll();
  }

  /** An event of a walker was taken. */
  synchronized void taken(int walker, long bytes) {
    waiting[walker]--;
    giveBack(bytes);
  }

  /** Marks that the events of this walker are taken now. */
  synchronized void turnOf(int walker) {
    turn = walker;
    notifyAll();
  }

  /** Whether a walker had to wait. */
  synchronized boolean wasFull() {
    return wasFull;
  }
}
