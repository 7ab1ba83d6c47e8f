package org.etcdmirror.core.internal.standby;

import java.util.ArrayDeque;
import java.util.Deque;
import org.etcdmirror.api.EventBatch;
import org.jspecify.annotations.Nullable;

/**
 * The batches that one stream has brought, without those that the leader has stored. Not safe for
 * use by several threads.
 */
final class WarmBuffer {

  private final int mostEvents;
  private final long mostBytes;
  private final Deque<EventBatch> batches = new ArrayDeque<>();
  private final DroppedRefreshes refreshes = new DroppedRefreshes();
  private int events;
  private long bytes;

  /** Every event after this index is in the buffer, or comes later. */
  private long from;

  WarmBuffer(long from, int mostEvents, long mostBytes) {
    this.from = from;
    this.mostEvents = mostEvents;
    this.mostBytes = mostBytes;
  }

  /** Of batches without events that follow each other, only the last one is kept. */
  void add(EventBatch batch) {
    EventBatch last = batches.peekLast();
    if (last != null && isEmpty(last) && isEmpty(batch)) {
      batches.removeLast();
      events -= size(last);
    }
    batches.add(batch);
    events += size(batch);
    bytes += batch.bytes();
  }

  /** The leader has stored this index. */
  void stored(long index) {
    EventBatch first = batches.peek();
    while (first != null && first.index() <= index) {
      batches.remove();
      events -= size(first);
      bytes -= first.bytes();
      refreshes.dropped(first.events());
      from = Math.max(from, first.index());
      first = batches.peek();
    }
  }

  boolean isFull() {
    return events >= mostEvents || bytes >= mostBytes;
  }

  /** Whether no event after this index is missing. */
  boolean covers(long index) {
    return from <= index;
  }

  /** The refreshes among what was dropped. */
  DroppedRefreshes refreshes() {
    return refreshes;
  }

  /** The oldest batch; null if there is none. */
  @Nullable EventBatch next() {
    return batches.poll();
  }

  private static boolean isEmpty(EventBatch batch) {
    return batch.events().isEmpty() && batch.notices().isEmpty();
  }

  /** An empty batch takes room, too. */
  private static int size(EventBatch batch) {
    return Math.max(1, batch.events().size());
  }
}
