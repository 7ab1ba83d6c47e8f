package org.etcdmirror.kafka.connect.sink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.kafka.connect.config.ConnectLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the records of some partitions to etcd. Etcd alone decides where a partition goes on: the
 * task asks Kafka for the records from the offset that is stored there, and commits to Kafka what
 * is stored there. For one thread, Connect's.
 *
 * <p>If etcd does not answer, the same records are given again, with back-off and without an end.
 * Anything else ends the task: a record that etcd cannot hold, unless Connect has a place for it
 * ({@code errors.tolerance}), and another task that owns a partition.
 */
public final class EtcdSinkTask extends SinkTask {

  private static final Logger LOG = LoggerFactory.getLogger(EtcdSinkTask.class);

  private final Map<TopicPartition, Partition> partitions = new LinkedHashMap<>();
  private final Backoff backoff = new Backoff();
  private @Nullable SinkConfig config;
  private @Nullable RecordEvents events;

  /** Whether Kafka was asked for other records, and has not given them yet. */
  private boolean rewinding;

  /** Ends the task at the next occasion. */
  private @Nullable PermanentException ended;

  /** For Connect. */
  public EtcdSinkTask() {}

  @Override
  public String version() {
    return SinkConfig.version();
  }

  @Override
  public void start(Map<String, String> props) {
    SinkConfig given = new SinkConfig(props);
    config = given;
    events = new RecordEvents(given.target().keys(), given.target().maxRequestBytes());
  }

  /**
   * Claims the partitions, and asks for their records from the stored offset. If etcd does not
   * answer now, {@link #put} does so later.
   */
  @Override
  public void open(Collection<TopicPartition> opened) {
    SinkConfig given = started(config);
    close(opened);
    opened.forEach(id -> partitions.put(id, new Partition(id, given)));
    try {
      claim();
    } catch (IOException e) {
      LOG.warn(
          ConnectLogEvent.PARTITION_NOT_CLAIMED.marker(),
          "[connector={}] {} not claimed yet: {}",
          given.connector(),
          opened,
          e.getMessage());
    } catch (PermanentException e) {
      throw ended(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      rewind();
    }
  }

  /** Claims what is not claimed; false if there was nothing to claim. */
  private boolean claim() throws IOException, InterruptedException {
    boolean any = false;
    for (Partition partition : partitions.values()) {
      if (!partition.isClaimed()) {
        partition.claim();
        LOG.info(
            ConnectLogEvent.OFFSET_OF_ETCD.marker(),
            "[connector={}] {} goes on from offset {}, as etcd says",
            started(config).connector(),
            partition.id(),
            partition.next());
        any = true;
      }
    }
    return any;
  }

  /** Asks for the records from the stored offset on. Connect does so before it gives others. */
  private void rewind() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    partitions.forEach((id, partition) -> {
      if (partition.isClaimed()) {
        offsets.put(id, partition.next());
      }
    });
    context.offset(offsets);
    rewinding = true;
  }

  /**
   * Writes the records, a partition after the other.
   *
   * @throws RetriableException if etcd did not take all of them; the same records are to be given
   *     again
   * @throws ConnectException if a record or the whole task is refused
   */
  @Override
  public void put(Collection<SinkRecord> records) {
    rewinding = false;
    PermanentException known = ended;
    if (known != null) {
      throw ended(known);
    }
    try {
      if (claim()) {
        // These records may not be the ones that come next.
        rewind();
      } else {
        write(records);
      }
      backoff.reset();
    } catch (IOException e) {
      context.timeout(backoff.nextMillis());
      throw new RetriableException("etcd did not take the records: " + e.getMessage(), e);
    } catch (PermanentException e) {
      throw ended(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void write(Collection<SinkRecord> records) throws IOException, InterruptedException {
    for (Partition partition : partitions.values()) {
      partition.settle();
    }
    Map<Partition, List<SinkRecord>> given = new LinkedHashMap<>();
    for (SinkRecord record : records) {
      given.computeIfAbsent(partition(record), any -> new ArrayList<>()).add(record);
    }
    for (Map.Entry<Partition, List<SinkRecord>> entry : given.entrySet()) {
      Partition partition = entry.getKey();
      partition.apply(steps(partition, entry.getValue()));
    }
  }

  /** A transform may have changed the topic, but not where the record comes from. */
  private Partition partition(SinkRecord record) {
    TopicPartition id = new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    Partition partition = partitions.get(id);
    if (partition == null) {
      throw new ConnectException(
          "record at offset %d of %s came, but the task does not have that partition"
              .formatted(record.originalKafkaOffset(), id));
    }
    return partition;
  }

  private List<Part.Step> steps(Partition partition, List<SinkRecord> records)
      throws InterruptedException {
    List<Part.Step> steps = new ArrayList<>();
    for (SinkRecord record : records) {
      long offset = record.originalKafkaOffset();
      if (partition.isBeforeClaim(offset)) {
        throw new ConnectException(
            "%s went back to offset %d, though etcd holds all before %d: the topic was made anew or cut; reset the connector's offsets to copy it again"
                .formatted(partition.id(), offset, partition.next()));
      }
      if (!partition.wasDelivered(offset)) {
        steps.add(new Part.Step(event(record), offset + 1));
      }
    }
    return steps;
  }

  private @Nullable MirrorEvent event(SinkRecord record) throws InterruptedException {
    try {
      return started(events).of(record);
    } catch (DataException e) {
      ErrantRecordReporter reporter = context.errantRecordReporter();
      if (reporter == null) {
        throw e;
      }
      report(reporter, record, e);
      return null;
    }
  }

  /** Connect takes the record, or ends the task, as it is configured. */
  private static void report(ErrantRecordReporter reporter, SinkRecord record, DataException why)
      throws InterruptedException {
    try {
      reporter.report(record, why).get();
    } catch (ExecutionException e) {
      throw new ConnectException(why.getMessage() + "; nor could it be reported", e);
    }
  }

  /**
   * What Kafka may take as read: what is stored in etcd. Also stores that nothing was to be applied
   * up to here, and looks whether the partitions are still this task's.
   */
  @Override
  public Map<TopicPartition, OffsetAndMetadata> preCommit(
      Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
    Map<TopicPartition, OffsetAndMetadata> stored = new HashMap<>();
    for (Partition partition : partitions.values()) {
      if (partition.isClaimed() && !partition.isUnsettled()) {
        check(partition, currentOffsets.get(partition.id()));
      }
      if (partition.isClaimed()) {
        stored.put(partition.id(), new OffsetAndMetadata(partition.next()));
      }
    }
    return stored;
  }

  /** A failure here would not end the task; the next {@link #put} meets it again. */
  private void check(Partition partition, @Nullable OffsetAndMetadata current) {
    try {
      if (current != null && !rewinding && current.offset() > partition.next()) {
        partition.pass(current.offset());
      } else {
        partition.confirm();
      }
    } catch (IOException e) {
      LOG.warn(
          ConnectLogEvent.PARTITION_NOT_CHECKED.marker(),
          "[connector={}] {} cannot be checked in etcd: {}",
          started(config).connector(),
          partition.id(),
          e.getMessage());
    } catch (PermanentException e) {
      ended = e;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public void close(Collection<TopicPartition> closed) {
    for (TopicPartition id : closed) {
      Partition partition = partitions.remove(id);
      if (partition != null) {
        partition.close();
      }
    }
  }

  @Override
  public void stop() {
    close(List.copyOf(partitions.keySet()));
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the task was not started");
    }
    return part;
  }

  private static ConnectException ended(PermanentException cause) {
    String why = cause.getMessage();
    return new ConnectException(
        cause instanceof FencedException
            ? "another task has taken over a partition, so this one ends: " + why
            : why,
        cause);
  }

  private static ConnectException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new ConnectException("interrupted while etcd was asked", cause);
  }
}
