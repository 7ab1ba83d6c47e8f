package org.etcdmirror.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.SinkContext;

/** What one mirror writes through: its sink and the store that the sink offers. */
record LinkWriter(ReadableSink sink, IndexStore store) implements AutoCloseable {

  static LinkWriter open(ReadableSink sink, String link, Bytes prefix) {
    IndexStore store = requireNonNull(sink.indexStore(link), "indexStore() must not be null here");
    sink.open(new SinkContext(link, sink.keyModel(), List.of(prefix)));
    return new LinkWriter(sink, store);
  }

  /** As the engine does after each batch. */
  void commit(EventBatch batch, Checkpoint checkpoint) throws IOException, InterruptedException {
    if (sink instanceof AtomicSink atomic) {
      atomic.apply(batch, checkpoint);
    } else {
      sink.apply(batch);
      store.save(checkpoint);
    }
  }

  @Override
  public void close() {
    store.close();
    sink.close();
  }
}
