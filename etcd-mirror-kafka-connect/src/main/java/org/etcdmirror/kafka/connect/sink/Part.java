package org.etcdmirror.kafka.connect.sink;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.jspecify.annotations.Nullable;

/**
 * Records that are written as one transaction, cut between two records of a partition. Of several
 * changes of a key it holds the last one. Immutable.
 */
final class Part {

  /**
   * A record that is not applied yet.
   *
   * @param event what it does; null for nothing
   * @param next the offset of the next record
   */
  record Step(@Nullable MirrorEvent event, long next) {}

  private final EventBatch batch;
  private final int steps;

  private Part(EventBatch batch, int steps) {
    this.batch = batch;
    this.steps = steps;
  }

  /**
   * Takes steps from the first one on, as many as fit, and at least one.
   *
   * @param first the position of the first one
   * @param maxBytes the most that the batch may have, by {@link EventBatch#bytes()}
   */
  static Part of(List<Step> all, int first, long maxBytes) {
    Map<Bytes, MirrorEvent> last = new LinkedHashMap<>();
    long bytes = 0;
    int end = first;
    while (end < all.size()) {
      MirrorEvent event = all.get(end).event();
      if (event != null) {
        MirrorEvent former = last.get(event.key());
        long then = bytes + bytes(event) - (former == null ? 0 : bytes(former));
        if (then > maxBytes && end > first) {
          break;
        }
        bytes = then;
        // Behind the others, because a batch is in the order of its indexes.
        last.remove(event.key());
        last.put(event.key(), event);
      }
      end++;
    }
    long next = all.get(end - 1).next();
    return new Part(EventBatch.of(new ArrayList<>(last.values()), next, next), end - first);
  }

  private static long bytes(MirrorEvent event) {
    return EventBatch.of(List.of(event), event.index(), event.index()).bytes();
  }

  /** What is written. */
  EventBatch batch() {
    return batch;
  }

  /** The offset of the record behind the last one. */
  long next() {
    return batch.index();
  }

  /** How many steps it takes. */
  int steps() {
    return steps;
  }
}
