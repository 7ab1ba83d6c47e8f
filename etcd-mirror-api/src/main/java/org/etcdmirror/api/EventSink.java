package org.etcdmirror.api;

import java.io.IOException;

/**
 * Takes events. A constructed sink is ready for use. The engine calls a sink from one thread at a
 * time.
 */
public interface EventSink extends AutoCloseable {

  /** How this sink names its keys. A sink of {@link KeyModel#BYTES} gets no directories. */
  KeyModel keyModel();

  /**
   * Applies a batch. <b>When this returns, the batch is durable</b>; the engine moves its index
   * only then. Delivery is at least once: the same batch, or a part of it, may come again, also
   * after newer ones, so applying must be idempotent. No key comes twice in one batch, except after
   * a {@link MirrorEvent.DeleteTree} that covers it; a sink may apply events on unrelated keys in
   * any order or at once, but must keep the order of events of which one key is, or lies above, the
   * other.
   *
   * @throws IOException if it may work later; the same batch will be given again
   * @throws PermanentException if it never will; the mirror stops
   * @throws InterruptedException if the thread was interrupted; the batch counts as not applied
   */
  void apply(EventBatch batch) throws IOException, InterruptedException;

  /** Frees what the sink holds; harmless when repeated. */
  @Override
  void close();
}
