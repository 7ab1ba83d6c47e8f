package org.etcdmirror.v3.internal.watch;

/**
 * Decides how many answers of a watch are requested ahead. All that were asked for may come and
 * wait at once, so their bytes are bounded together: each is taken to be as large as the last one
 * was, or three quarters of what was expected of that. One is asked for in any case. Safe for use
 * by many threads.
 */
final class WatchCredit {

  private static final int MOST_ANSWERS = 4;
  private static final long MOST_BYTES = 4 << 20;

  private int asked;
  private int waiting;
  private long waitingBytes;

  /**
   * The expected size of an answer. The first ones may be of any size, so they are requested one by
   * one.
   */
  private long size = MOST_BYTES;

  /** The number of answers to request now. */
  synchronized int more() {
    int before = asked;
    while (asked + waiting < MOST_ANSWERS && hasRoom()) {
      asked++;
    }
    return asked - before;
  }

  private boolean hasRoom() {
    return asked + waiting == 0 || waitingBytes + (asked + 1) * size <= MOST_BYTES;
  }

  /** An answer has come, and waits. */
  synchronized void came(long bytes) {
    asked--;
    waiting++;
    waitingBytes += bytes;
    size = Math.max(bytes, size - size / 4);
  }

  /** An answer that waited was taken. */
  synchronized void taken(long bytes) {
    waiting--;
    waitingBytes -= bytes;
  }
}
