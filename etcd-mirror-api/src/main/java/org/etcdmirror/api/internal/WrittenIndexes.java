package org.etcdmirror.api.internal;

import java.util.Map;
import java.util.TreeMap;

/**
 * The indexes of a cluster at which one writer made changes: the newest ones, in at most 4,096
 * spans without a hole. Safe for use by many threads.
 */
public final class WrittenIndexes {

  private static final int MOST_SPANS = 4096;

  /** The last index of each span by its first. */
  private final TreeMap<Long, Long> spans = new TreeMap<>();

  /** The newest one of the present batch; 0 if there is none. */
  private long newestOfBatch;

  /** A batch begins. */
  public synchronized void batchBegins() {
    newestOfBatch = 0;
  }

  /** The newest index since the last batch began; 0 if there is none. */
  public synchronized long newestOfBatch() {
    return newestOfBatch;
  }

  /** Remembers one; forgets the lowest span if there are too many. */
  public synchronized void add(long index) {
    newestOfBatch = Math.max(newestOfBatch, index);
    Map.Entry<Long, Long> below = spans.floorEntry(index);
    if (below != null && below.getValue() >= index) {
      return;
    }
    long first = below != null && below.getValue() == index - 1 ? below.getKey() : index;
    Long next = spans.remove(index + 1);
    spans.put(first, next == null ? index : next);
    if (spans.size() > MOST_SPANS) {
      spans.pollFirstEntry();
    }
  }

  /**
   * The cluster told its newest index. If that is below what was written, the cluster is a new one
   * or was put back, and all is forgotten.
   */
  public synchronized void clusterAt(long index) {
    if (!spans.isEmpty() && spans.lastEntry().getValue() > index) {
      spans.clear();
    }
  }

  /** Whether it is remembered. */
  public synchronized boolean contains(long index) {
    Map.Entry<Long, Long> below = spans.floorEntry(index);
    return below != null && below.getValue() >= index;
  }
}
