package org.etcdmirror.customsink;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;

/** Short factory methods for the events of a source. */
final class Batches {

  static final String ROOT = "/conftool/v1/pools";

  private Batches() {}

  static Put put(String key, String value, long index) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
  }

  /** A host of eqiad's nginx in the cluster appserver. */
  static Put host(String name, int weight, String pooled, long index) {
    return put(
        ROOT + "/eqiad/appserver/nginx/" + name,
        "{\"weight\": %d, \"pooled\": \"%s\"}".formatted(weight, pooled),
        index);
  }

  static Delete delete(String key, long index) {
    return new Delete(Bytes.utf8(key), index);
  }

  /** A batch of these events, which must be in the order of their indexes. */
  static EventBatch batch(MirrorEvent... events) {
    long index = events[events.length - 1].index();
    return EventBatch.of(List.of(events), index, index);
  }
}
