package org.etcdmirror.api;

import java.io.IOException;
import java.time.Duration;

/**
 * A stream of a source's events. One thread polls. Any thread may call {@link #close()}. After an
 * exception the stream is unusable: close it and open another after the last index received.
 */
public interface EventStream extends AutoCloseable {

  /** Returns the index after which this stream is complete: that of the start, or that of "now". */
  long startIndex();

  /**
   * Waits until there are events, until the index moved, or until the source has shown that nothing
   * happened, at most {@code timeout}. After a timeout the batch is empty, and repeats the last
   * index and its {@link EventBatch#seenNanos}. A stream that is not polled must not buffer events
   * without bound. It must slow its source instead.
   *
   * @throws IOException if the stream broke; nothing that was not returned counts as delivered
   * @throws LostEventsException if events were missed and are no longer available
   * @throws InterruptedException if the thread was interrupted
   */
  EventBatch poll(Duration timeout) throws IOException, LostEventsException, InterruptedException;

  /** Ends the stream and wakes a waiting {@link #poll}; harmless when repeated. */
  @Override
  void close();
}
