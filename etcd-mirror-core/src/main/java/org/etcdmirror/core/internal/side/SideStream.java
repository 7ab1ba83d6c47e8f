package org.etcdmirror.core.internal.side;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;

/** A stream whose failures name their side. */
record SideStream(Side side, EventStream stream) implements EventStream {

  @Override
  public long startIndex() {
    return stream.startIndex();
  }

  @Override
  public EventBatch poll(Duration timeout)
      throws IOException, LostEventsException, InterruptedException {
    return side.<EventBatch, LostEventsException>call(() -> stream.poll(timeout));
  }

  @Override
  public void close() {
    stream.close();
  }
}
