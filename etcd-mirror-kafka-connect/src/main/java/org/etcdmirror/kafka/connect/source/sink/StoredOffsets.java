package org.etcdmirror.kafka.connect.source.sink;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.kafka.connect.source.delivery.Deliveries;
import org.etcdmirror.kafka.connect.source.offset.LinkOffset;
import org.etcdmirror.kafka.connect.source.offset.OffsetMap;
import org.jspecify.annotations.Nullable;

/** The offset of a link, as the worker has stored it. Safe for use by many threads. */
final class StoredOffsets {

  /** A commit that came between two looks is seen after this at the latest. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final String link;
  private final OffsetStorageReader reader;
  private final Deliveries deliveries;

  StoredOffsets(String link, OffsetStorageReader reader, Deliveries deliveries) {
    this.link = link;
    this.reader = reader;
    this.deliveries = deliveries;
  }

  /**
   * The offset that was stored last; null if there is none.
   *
   * @throws IOException if the worker cannot read it now
   */
  @Nullable LinkOffset last() throws IOException {
    Map<String, Object> stored;
    try {
      stored = reader.offset(OffsetMap.partition(link));
    } catch (KafkaException e) {
      throw new IOException(
          "the worker cannot read the offset of link '%s': %s".formatted(link, e.getMessage()), e);
    }
    return stored == null ? null : OffsetMap.decode(link, stored);
  }

  /**
   * Refuses an offset that another task has stored.
   *
   * @throws FencedException if this is one
   */
  void refuseOthers(@Nullable LinkOffset stored, Set<String> writers) {
    if (stored != null && !writers.contains(stored.writer())) {
      throw new FencedException(
          "link '%s': another task stored the offset at index %d: only one may run; look for a worker that lost its group"
              .formatted(link, stored.checkpoint().index()));
    }
  }

  /** Delivers an offset once more. */
  interface Again {
    void deliver() throws IOException, InterruptedException;
  }

  /**
   * Waits until this offset, or a later one of the same writer, is stored. A former task that is
   * cut off from its group may overwrite it before it is seen, so it is delivered again after each
   * commit, or each five seconds.
   *
   * @param writers who may have written the offset that is stored
   * @throws FencedException if another task has written it
   */
  void await(LinkOffset wanted, Set<String> writers, Again again)
      throws IOException, InterruptedException {
    while (true) {
      LinkOffset stored = last();
      refuseOthers(stored, writers);
      if (stored != null
          && stored.writer().equals(wanted.writer())
          && stored.save() >= wanted.save()) {
        return;
      }
      deliveries.awaitCommit(LOOK_AGAIN);
      if (stored != null) {
        again.deliver();
      }
    }
  }
}
