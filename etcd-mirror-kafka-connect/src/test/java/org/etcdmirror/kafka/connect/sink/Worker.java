package org.etcdmirror.kafka.connect.sink;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/**
 * Calls a task as the worker of Connect 4.3 does: it rewinds before it gives records, gives the
 * same ones again after a {@link RetriableException}, and commits what the task says is stored.
 */
final class Worker implements AutoCloseable {

  private final EtcdSinkTask task = new EtcdSinkTask();
  private final Context context = new Context();
  private final Topics topics;
  private final int mostOfPartition;
  private final Map<TopicPartition, Long> positions = new LinkedHashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> current = new HashMap<>();
  private final List<SinkRecord> batch = new ArrayList<>();
  private Map<TopicPartition, OffsetAndMetadata> behindBatch = Map.of();
  private @Nullable ErrantRecordReporter reporter;
  private int retries;
  private boolean gone;

  /** A worker whose task is started and has no partition. */
  Worker(Topics topics, Map<String, String> settings, int mostOfPartition) {
    this.topics = topics;
    this.mostOfPartition = mostOfPartition;
    task.initialize(context);
    task.start(settings);
  }

  /** Records that the task refuses go there. */
  void reportTo(ErrantRecordReporter to) {
    reporter = to;
  }

  /** Gives the task these partitions and no others. */
  void assign(TopicPartition... wanted) {
    revoke();
    for (TopicPartition id : wanted) {
      positions.put(id, topics.committed(id));
      current.put(id, new OffsetAndMetadata(topics.committed(id)));
    }
    task.open(Arrays.asList(wanted));
    rewind();
  }

  private void revoke() {
    Set<TopicPartition> held = new HashSet<>(positions.keySet());
    if (!held.isEmpty()) {
      commit();
      task.close(held);
    }
    positions.clear();
    current.clear();
    batch.clear();
  }

  private void rewind() {
    context.offsets.forEach((id, offset) -> {
      positions.put(id, offset);
      current.put(id, new OffsetAndMetadata(offset));
    });
    context.offsets.clear();
  }

  /** Gives records once; false if the task wants the same ones again. */
  boolean poll() {
    rewind();
    if (batch.isEmpty()) {
      fetch();
    }
    try {
      task.put(List.copyOf(batch));
    } catch (RetriableException e) {
      retries++;
      return false;
    }
    current.putAll(behindBatch);
    behindBatch = Map.of();
    batch.clear();
    return true;
  }

  private void fetch() {
    Map<TopicPartition, OffsetAndMetadata> behind = new HashMap<>();
    positions.replaceAll((id, position) -> {
      // As auto.offset.reset=earliest has it.
      long from = position > topics.end(id) ? 0 : position;
      long end = Math.min(from + mostOfPartition, topics.end(id));
      for (long offset = from; offset < end; offset++) {
        SinkRecord record = topics.at(id, offset);
        if (record != null) {
          batch.add(record);
        }
      }
      if (end > from) {
        behind.put(id, new OffsetAndMetadata(end));
      }
      return end;
    });
    behindBatch = behind;
  }

  /** Whether the task was given all records, and took them. */
  boolean isLevel() {
    return batch.isEmpty()
        && context.offsets.isEmpty()
        && positions.entrySet().stream()
            .allMatch(entry -> entry.getValue() == topics.end(entry.getKey()));
  }

  /** Gives records until the task has taken all. */
  void pollAll() {
    do {
      poll();
    } while (!isLevel());
  }

  /** Asks the task what it has stored, and commits that to Kafka. */
  void commit() {
    task.preCommit(new HashMap<>(current))
        .forEach((id, stored) -> {
          if (stored.offset() <= requireNonNull(current.get(id), id.toString()).offset()) {
            topics.commit(id, stored.offset());
          }
        });
  }

  /** How often the task wanted the same records again. */
  int retries() {
    return retries;
  }

  /** Whether {@link #kill} was called. */
  boolean isGone() {
    return gone;
  }

  /** Nothing is committed, as after a kill -9. */
  void kill() {
    gone = true;
    task.stop();
  }

  @Override
  public void close() {
    if (!gone) {
      revoke();
      task.stop();
    }
  }

  private final class Context implements SinkTaskContext {

    private final Map<TopicPartition, Long> offsets = new HashMap<>();

    @Override
    public Map<String, String> configs() {
      return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> wanted) {
      offsets.putAll(wanted);
    }

    @Override
    public void offset(TopicPartition id, long offset) {
      offsets.put(id, offset);
    }

    @Override
    public void timeout(long timeoutMs) {}

    @Override
    public Set<TopicPartition> assignment() {
      return positions.keySet();
    }

    @Override
    public void pause(TopicPartition... partitions) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void resume(TopicPartition... partitions) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void requestCommit() {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable ErrantRecordReporter errantRecordReporter() {
      return reporter;
    }

    @Override
    public PluginMetrics pluginMetrics() {
      throw new UnsupportedOperationException();
    }
  }
}
