package org.etcdmirror.v3.internal.watch;

import java.util.HashMap;
import java.util.Map;

/**
 * Bounds what all sets of stripes use together: the watches at one cluster, and the memory of all.
 * Safe for use by many threads.
 */
public final class StripeRoom {

  /** The most watches of one process at one cluster. */
  public static final int MOST_WATCHES = 64;

  private static final int PARTS_OF_HEAP = 4;

  /** The room that all links of this process share. */
  static final StripeRoom PROCESS = ofProcess();

  private final int mostWatches;
  private final Map<Long, Integer> watches = new HashMap<>();
  private long bytes;

  /** A room of its own, for so many watches at each cluster and so many bytes. */
  public StripeRoom(int mostWatches, long bytes) {
    this.mostWatches = mostWatches;
    this.bytes = bytes;
  }

  /** As much as a process may use. */
  static StripeRoom ofProcess() {
    return new StripeRoom(MOST_WATCHES, Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP);
  }

  /** Takes room for as many watches as there is, at most those wanted; returns their number. */
  synchronized int take(long cluster, int wanted, long bytesEach) {
    int used = watches.getOrDefault(cluster, 0);
    int taken = (int) Math.min(Math.min(wanted, mostWatches - used), bytes / bytesEach);
    watches.put(cluster, used + taken);
    bytes -= taken * bytesEach;
    return taken;
  }

  /** Returns what was taken. */
  synchronized void giveBack(long cluster, int taken, long bytesEach) {
    watches.merge(cluster, -taken, Integer::sum);
    watches.remove(cluster, 0);
    bytes += taken * bytesEach;
  }
}
