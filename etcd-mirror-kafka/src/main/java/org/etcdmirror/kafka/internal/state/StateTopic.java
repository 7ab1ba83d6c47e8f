package org.etcdmirror.kafka.internal.state;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.kafka.internal.client.Clients;
import org.etcdmirror.kafka.internal.client.Failures;
import org.jspecify.annotations.Nullable;

/**
 * The topic that holds the state of one link, as the last record of its only key. Only this link's
 * transactions write to it, one after the other: so what lies behind the last committed record is
 * one transaction that is open, or that no reader sees yet as committed.
 */
public final class StateTopic {

  private static final Duration POLL = Duration.ofMillis(100);

  /** A commit is visible within milliseconds after its confirmation. */
  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(2);

  private static final Duration MOST_WAIT = Duration.ofSeconds(60);

  /** Each transaction adds a record and a mark, so this is enough almost always. */
  private static final long TAIL = 64;

  private final Clients clients;
  private final String link;
  private final TopicPartition partition;

  /** The state of this link in this topic. */
  public StateTopic(Clients clients, String link, String topic) {
    this.clients = clients;
    this.link = link;
    this.partition = new TopicPartition(topic, 0);
  }

  /** The topic, which is also the transactional id of those who write to it. */
  public String name() {
    return partition.topic();
  }

  /** The record that stores this. */
  public ProducerRecord<byte[], byte[]> record(StoredState state) {
    return new ProducerRecord<>(name(), 0, Bytes.utf8(link).toByteArray(), StateText.encode(state));
  }

  /** Where the topic ends, transactions that are open included; -1 if there is none. */
  public long end() throws IOException, InterruptedException {
    // To ask a missing topic for its end would write an error to the log.
    return exists() ? offset(OffsetSpec.latest()) : -1;
  }

  private boolean exists() throws IOException, InterruptedException {
    try {
      clients.admin().describeTopics(List.of(name())).allTopicNames().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw Failures.of("cannot look at " + described(), e);
    }
  }

  private long offset(OffsetSpec spec) throws IOException, InterruptedException {
    var options = new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED);
    try {
      return clients
          .admin()
          .listOffsets(Map.of(partition, spec), options)
          .partitionResult(partition)
          .get()
          .offset();
    } catch (ExecutionException e) {
      throw Failures.of("cannot read " + described(), e);
    }
  }

  /**
   * Reads the state that was committed last. A transaction that is open, and stays so for seconds,
   * is left out: it is not committed, and the next writer ends it.
   */
  public Seen read() throws IOException, InterruptedException {
    long end = end();
    if (end <= 0) {
      return Seen.NOTHING;
    }
    long begin = offset(OffsetSpec.earliest());
    Consumer<byte[], byte[]> consumer = clients.consumer();
    try {
      consumer.assign(List.of(partition));
      return last(consumer, begin, end);
    } catch (KafkaException e) {
      throw Failures.of("cannot read " + described(), e);
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  private Seen last(Consumer<byte[], byte[]> consumer, long begin, long end) throws IOException {
    for (long tail = TAIL; ; tail *= 8) {
      long from = Math.max(begin, end - tail);
      ConsumerRecord<byte[], byte[]> last = lastFrom(consumer, from, end);
      if (last != null) {
        return new Seen(decoded(last), last.offset());
      }
      if (from == begin) {
        return Seen.NOTHING;
      }
    }
  }

  private @Nullable ConsumerRecord<byte[], byte[]> lastFrom(
      Consumer<byte[], byte[]> consumer, long from, long end) throws IOException {
    ConsumerRecord<byte[], byte[]> last = null;
    consumer.seek(partition, from);
    long began = System.nanoTime();
    while (consumer.position(partition) < end && !isHeldBack(consumer, began)) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        last = record;
      }
    }
    return last;
  }

  /** Whether all is read that is committed as far as the broker says. */
  private boolean isHeldBack(Consumer<byte[], byte[]> consumer, long began) throws IOException {
    long waited = System.nanoTime() - began;
    if (waited < VISIBLE_WITHIN.toNanos()) {
      return false;
    }
    long committed = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    if (consumer.position(partition) >= committed) {
      return true;
    }
    if (waited > MOST_WAIT.toNanos()) {
      throw new IOException(
          "%s cannot be read to its end within %d s".formatted(described(), MOST_WAIT.toSeconds()));
    }
    return false;
  }

  private StoredState decoded(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (value == null || record.key() == null) {
      throw new PermanentException(
          described() + " holds something that is no checkpoint: name another topic for it");
    }
    StoredState state = StateText.decode(value, described());
    if (!state.link().equals(link)) {
      throw new PermanentException(
          "%s belongs to link '%s', and not to '%s': name another topic for the checkpoint"
              .formatted(described(), state.link(), link));
    }
    return state;
  }

  /** For messages. */
  public String described() {
    return "topic '%s' of the checkpoint at '%s'".formatted(name(), clients.brokers());
  }
}
