package org.etcdmirror.kafka.connect.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Topics in memory, and the offsets that Kafka itself has committed for the group. */
final class Topics {

  private final Map<TopicPartition, List<SinkRecord>> records = new HashMap<>();
  private final Map<TopicPartition, Long> committed = new HashMap<>();

  /** Appends a record of text; without a value, a tombstone. Returns its offset. */
  long append(TopicPartition to, String key, @Nullable String value) {
    return append(to, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
  }

  /** Appends a record as a converter gave it. */
  long append(TopicPartition to, Object key, @Nullable Object value) {
    List<SinkRecord> all = records.computeIfAbsent(to, any -> new ArrayList<>());
    all.add(new SinkRecord(to.topic(), to.partition(), null, key, null, value, all.size()));
    return all.size() - 1;
  }

  /** Appends a record that a transform of the worker leaves out. */
  void appendLeftOut(TopicPartition to) {
    records.computeIfAbsent(to, any -> new ArrayList<>()).add(null);
  }

  /** Makes a topic anew, without records. */
  void clear(TopicPartition of) {
    records.remove(of);
  }

  /** The record at an offset; null if it is left out. */
  SinkRecord at(TopicPartition of, long offset) {
    return requireNonNull(records.get(of), of.toString()).get((int) offset);
  }

  /** The offset behind the last record. */
  long end(TopicPartition of) {
    return records.getOrDefault(of, List.of()).size();
  }

  /** What Kafka committed, where a consumer begins by itself. */
  long committed(TopicPartition of) {
    return committed.getOrDefault(of, 0L);
  }

  /** Commits an offset for the group. */
  void commit(TopicPartition of, long offset) {
    committed.put(of, offset);
  }
}
