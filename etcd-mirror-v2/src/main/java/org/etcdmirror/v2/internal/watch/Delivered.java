package org.etcdmirror.v2.internal.watch;

/**
 * Remembers the indexes of the newest events that were delivered, to tell an event that comes twice
 * from one that was missed.
 */
final class Delivered {

  private static final int SIZE = 4096;

  private final long[] ring = new long[SIZE];
  private long count;
  private long floor;

  /** Nothing at or below this index will be judged. */
  void begin(long index) {
    count = 0;
    floor = index;
  }

  void add(long index) {
    int slot = (int) (count % SIZE);
    if (count >= SIZE) {
      floor = Math.max(floor, ring[slot]);
    }
    ring[slot] = index;
    count++;
  }

  /** Whether this index was certainly not delivered. */
  boolean misses(long index) {
    if (index <= floor) {
      return false;
    }
    // Backwards: what comes twice comes soon.
    for (long i = count - 1; i >= Math.max(0, count - SIZE); i--) {
      if (ring[(int) (i % SIZE)] == index) {
        return false;
      }
    }
    return true;
  }
}
