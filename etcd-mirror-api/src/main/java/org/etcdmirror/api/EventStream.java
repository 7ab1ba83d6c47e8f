package org.etcdmirror.api;

import java.io.IOException;
import java.time.Duration;

/**
 * A source being followed. One thread polls; {@link #close()} may come from any thread. After an
 * exception the stream is void: close it and open another after the last index received.
 */
public interface EventStream extends AutoCloseable {

  /** The index after which this stream is complete: that of the start, or that of "now". */
  long startIndex();

  /**
   * Waits until there are events or until the index moved, at most {@code timeout}. On a timeout
   * the batch is empty and repeats the last index. A stream that is not polled must not gather
   * events without bound: it slows its source instead.
   *
   * @throws IOException if the stream broke; nothing that was not returned counts as delivered
   * @throws LostEventsException if events were missed and are no longer to be had
   * @throws InterruptedException if the thread was interrupted
   */
  EventBatch poll(Duration timeout) throws IOException, LostEventsException, InterruptedException;

  /** Ends the stream and wakes a waiting {@link #poll}; harmless when repeated. */
  @Override
  void close();
}
