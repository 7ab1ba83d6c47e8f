package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A run of events, and how far they reach. An empty batch is news too: everything through {@code
 * index} has been delivered, though nothing happened in the selection.
 *
 * @param events the events, oldest first
 * @param index every event of the selection at or below this index is in this batch or an earlier
 *     one; at least the index of the last event
 * @param headIndex the newest index that the source is known to have reached; at least {@code
 *     index}
 * @param notices what the source noticed since the batch before
 * @param seenNanos when the source's newest answer came by which it is at {@code headIndex}, by
 *     {@link System#nanoTime()}. A mirror calls the sink level as of this moment. It does not move
 *     while the source answers nothing
 */
public record EventBatch(
    List<MirrorEvent> events,
    long index,
    long headIndex,
    List<SourceNotice> notices,
    long seenNanos) {

  private static final int EVENT_BYTES = 64;

  /** Copies the lists; refuses an index below that of the last event. */
  public EventBatch {
    events = List.copyOf(events);
    notices = List.copyOf(requireNonNull(notices, "notices"));
    if (!events.isEmpty() && events.get(events.size() - 1).index() > index) {
      throw new IllegalArgumentException(
          "batch index %d is below its last event's %d"
              .formatted(index, events.get(events.size() - 1).index()));
    }
    headIndex = Math.max(headIndex, index);
  }

  /** A batch without notices, of an answer that came just now. */
  public static EventBatch of(List<MirrorEvent> events, long index, long headIndex) {
    return new EventBatch(events, index, headIndex, List.of(), System.nanoTime());
  }

  /**
   * The size of keys and values in bytes, with 64 more for each event: a measure for bounds, never
   * below what the events take in a request of etcd v3.
   */
  public long bytes() {
    long bytes = 0;
    for (MirrorEvent event : events) {
      bytes += EVENT_BYTES + event.key().size();
      if (event instanceof MirrorEvent.Put put) {
        bytes += put.value().size();
      }
    }
    return bytes;
  }
}
