package org.etcdmirror.core.internal.standby;

import java.io.IOException;
import java.time.Duration;
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

  WarmStream(WarmBuffer buffer, EventStream live, long start) {
    this.buffer = buffer;
    this.live = live;
    this.start = start;
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

  /** The leader may have been ahead of this stream: what it has stored is delivered. */
  private EventBatch afterStart(EventBatch batch) {
    boolean isLater = batch.events().isEmpty() || batch.events().get(0).index() > start;
    if (isLater && batch.index() >= start) {
      return batch;
    }
    List<MirrorEvent> later =
        batch.events().stream().filter(event -> event.index() > start).toList();
    return new EventBatch(
        later,
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
