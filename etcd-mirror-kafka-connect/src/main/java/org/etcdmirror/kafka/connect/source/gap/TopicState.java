package org.etcdmirror.kafka.connect.source.gap;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.kafka.KafkaSink;

/**
 * Reads what the topic of a link holds, under {@code read_committed}. Nothing is connected before
 * the first reading. Safe for use by many threads.
 */
public final class TopicState implements AutoCloseable {

  private final KafkaSink reader;

  /**
   * The state of a topic.
   *
   * @throws IllegalArgumentException if a setting is one that the reader decides
   */
  public TopicState(String topic, ReaderSettings settings) {
    KafkaSink.Builder builder = KafkaSink.builder().brokers(settings.brokers()).topic(topic);
    if (settings.file() != null) {
      builder.settings(settings.file());
    }
    settings.settings().forEach(builder::setting);
    this.reader = builder.build();
  }

  /** What the topic holds in the selection. */
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    return reader.snapshot(requireNonNull(selection, "selection"));
  }

  /** The keys below a prefix that are wanted. They are held in memory. */
  public Set<Bytes> keys(Bytes prefix, Predicate<Bytes> isWanted)
      throws IOException, InterruptedException {
    Set<Bytes> keys = new LinkedHashSet<>();
    try (Snapshot held = snapshot(Selection.of(prefix))) {
      for (MirrorEvent.Entry entry = held.next(); entry != null; entry = held.next()) {
        if (isWanted.test(entry.key())) {
          keys.add(entry.key());
        }
      }
    }
    return keys;
  }

  @Override
  public void close() {
    reader.close();
  }
}
