package org.etcdmirror.kafka;

import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.kafka.broker.SharedBroker;

/** Makes sinks of one link, and what they write. */
final class Link {

  private final String name;

  Link(String name) {
    this.name = name;
  }

  /** A sink of the topic of the link's name, ready for its first load. */
  KafkaSink open() {
    return open(settings -> settings);
  }

  KafkaSink open(UnaryOperator<KafkaSink.Builder> settings) {
    KafkaSink sink =
        settings
            .apply(KafkaSink.builder().brokers(SharedBroker.broker().address()).topic(name))
            .build();
    sink.indexStore(name);
    sink.open(new SinkContext(name, KeyModel.BYTES, List.of(Bytes.EMPTY)));
    return sink;
  }

  static MirrorEvent.Put put(String key, String value, long index) {
    return new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
  }

  static MirrorEvent.Delete delete(String key, long index) {
    return new MirrorEvent.Delete(Bytes.utf8(key), index);
  }

  static EventBatch batch(MirrorEvent... events) {
    long index = events[events.length - 1].index();
    return EventBatch.of(List.of(events), index, index);
  }

  static Checkpoint at(long index) {
    return new Checkpoint(index, "cluster", "scope", Instant.EPOCH);
  }
}
