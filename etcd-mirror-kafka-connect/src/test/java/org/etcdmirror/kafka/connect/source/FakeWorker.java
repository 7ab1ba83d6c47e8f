package org.etcdmirror.kafka.connect.source;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task as a worker does. Exactly once, a batch and its offset are one transaction, which is
 * confirmed before the next batch is asked for. Else records are confirmed at once, and offsets are
 * stored by {@link #flush}. What it has stored outlives a task.
 */
final class FakeWorker implements AutoCloseable {

  private final boolean exactlyOnce;
  private final Map<Map<String, ?>, Map<String, Object>> offsets = new ConcurrentHashMap<>();
  private final Map<Map<String, ?>, Map<String, Object>> unstored = new ConcurrentHashMap<>();
  private final List<SourceRecord> committed = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile @Nullable EtcdSourceTask task;
  private volatile boolean stopping;
  private final AtomicInteger commitsUntilCrash = new AtomicInteger(Integer.MAX_VALUE);
  private volatile @Nullable Exception failure;

  FakeWorker(boolean exactlyOnce) {
    this.exactlyOnce = exactlyOnce;
  }

  /** Starts a task with the settings of the connector's first. */
  void start(Map<String, String> settings) {
    task = startWithoutPolls(settings);
    stopping = false;
    failure = null;
    Thread thread = new Thread(this::run, "fake-worker");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** The same for a test that calls the task itself. */
  EtcdSourceTask startWithoutPolls(Map<String, String> settings) {
    EtcdSourceConnector connector = new EtcdSourceConnector();
    connector.start(settings);
    EtcdSourceTask made = new EtcdSourceTask();
    made.initialize(context());
    made.start(connector.taskConfigs(1).get(0));
    return made;
  }

  /** The task is gone in the middle of a transaction, which is then aborted. */
  void crashAfter(int commits) {
    commitsUntilCrash.set(commits);
  }

  private void run() {
    EtcdSourceTask running = requireNonNull(task, "task");
    try {
      while (!stopping) {
        List<SourceRecord> batch = running.poll();
        if (batch == null) {
          continue;
        }
        if (commitsUntilCrash.getAndDecrement() <= 0) {
          return;
        }
        committed.addAll(batch);
        for (SourceRecord record : batch) {
          (exactlyOnce ? offsets : unstored)
              .put(record.sourcePartition(), new HashMap<>(record.sourceOffset()));
        }
        for (SourceRecord record : batch) {
          running.commitRecord(
              record, new RecordMetadata(new TopicPartition(record.topic(), 0), 0, 0, 0, 0, 0));
        }
        if (exactlyOnce) {
          running.commit();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      running.stop();
    }
  }

  /** Stores the offsets of what was confirmed. */
  void flush() {
    flush(Map.of());
  }

  /** Stores the offsets of what was confirmed, which another task overwrites before it is known. */
  void flush(Map<Map<String, ?>, Map<String, Object>> overwritten) {
    unstored.forEach((partition, offset) -> {
      offsets.put(partition, offset);
      unstored.remove(partition, offset);
    });
    offsets.putAll(overwritten);
    requireNonNull(task, "task").commit();
  }

  /** Another task of the same link stores this. */
  void store(String link, Map<String, Object> offset) {
    offsets.put(Map.of("link", link), offset);
  }

  private SourceTaskContext context() {
    return new SourceTaskContext() {
      @Override
      public Map<String, String> configs() {
        return Map.of();
      }

      @Override
      public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException();
      }

      @Override
      public OffsetStorageReader offsetStorageReader() {
        return new OffsetStorageReader() {
          @Override
          public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
            return offsets.get(partition);
          }

          @Override
          public <T> Map<Map<String, T>, Map<String, Object>> offsets(
              Collection<Map<String, T>> partitions) {
            throw new UnsupportedOperationException();
          }
        };
      }
    };
  }

  /** All that was committed to a topic. */
  List<SourceRecord> committed(String topic) {
    return committed.stream().filter(record -> record.topic().equals(topic)).toList();
  }

  /** The offset of a link; empty if there is none. */
  Map<String, Object> offset(String link) {
    return offsets.getOrDefault(Map.of("link", link), Map.of());
  }

  /** What ended the task; null if nothing did. */
  @Nullable Exception failure() {
    return failure;
  }

  /** Whether the task goes on. */
  boolean isRunning() {
    return threads.get(threads.size() - 1).isAlive();
  }

  /** Waits for the end of the task, also after a crash. */
  void awaitEnd() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    commitsUntilCrash.set(Integer.MAX_VALUE);
  }

  /** Ends the task as a worker does that is asked to. */
  void stop() throws InterruptedException {
    stopping = true;
    awaitEnd();
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }
}
