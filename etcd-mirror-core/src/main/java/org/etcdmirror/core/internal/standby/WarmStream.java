package org.etcdmirror.core.internal.standby;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;

/** Brings what was buffered, and then goes on with the stream that the buffer was filled from. */
final class WarmStream implements EventStream {

  private final WarmBuffer buffer;
  private final EventStream live;
  private final long start;
  private final DroppedRefreshes refreshes;

  /** Whether the stream has come as far as the start. */
  private boolean reached;

  WarmStream(WarmBuffer buffer, EventStream live, long start) {
    this.buffer = buffer;
    this.live = live;
    this.start = start;
    this.refreshes = buffer.refreshes();
  }

  @Override
  public long startIndex() {
    return start;
  }

  @Override
  public EventBatch poll(Duration timeout)
      throws IOException, LostEventsException, InterruptedException {
    EventBatch buffered = buffer.next();
    return afterStart(buffered != null ? buffered : live.poll(timeout));
  }

  /**
   * The leader may have been ahead of this stream: what it has stored is delivered, but for the
   * refreshes, which are told once the stream has come as far.
   */
  private EventBatch afterStart(EventBatch batch) {
    if (reached) {
      return batch;
    }
    List<MirrorEvent> stored = new ArrayList<>();
    List<MirrorEvent> later = new ArrayList<>();
    for (MirrorEvent event : batch.events()) {
      (event.index() > start ? later : stored).add(event);
    }
    refreshes.dropped(stored);
    List<MirrorEvent> delivered = new ArrayList<>();
    if (batch.index() >= start) {
      reached = true;
      delivered.addAll(refreshes.take(start));
    }
    delivered.addAll(later);
    return new EventBatch(
        delivered,
        Math.max(start, batch.index()),
        batch.headIndex(),
        batch.notices(),
        batch.seenNanos());
  }

  @Override
  public void close() {
    live.close();
  }
}
