package org.etcdmirror.kafka.internal.write;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.kafka.internal.client.Clients;
import org.etcdmirror.kafka.internal.client.LargestRecord;
import org.jspecify.annotations.Nullable;

/**
 * One producer under a transactional id, from its registration until a transaction fails. Then it
 * is closed, and the next one finds out what became of the transaction.
 */
final class Transactions implements AutoCloseable {

  /** A record that was handed over. */
  private record Sent(ProducerRecord<byte[], byte[]> record, Future<RecordMetadata> answer) {

    int size() {
      byte[] value = record.value();
      return value == null ? 0 : value.length;
    }
  }

  private final Producer<byte[], byte[]> producer;
  private final Map<TopicPartition, Long> ends = new HashMap<>();

  private Transactions(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Registers a producer. From then on, no transaction of an earlier one is committed: an open one
   * was aborted, and one whose commit had begun was committed.
   */
  static Transactions begin(Clients clients, String transactionalId)
      throws IOException, InterruptedException {
    Transactions made = new Transactions(clients.producer(transactionalId));
    boolean done = false;
    try {
      made.producer.initTransactions();
      done = true;
      return made;
    } finally {
      if (!done) {
        made.close();
      }
    }
  }

  /**
   * Commits the records, all or none.
   *
   * @return where the last one lies
   * @throws UnsupportedEntryException if one is too large
   * @throws SinkRolledBackException if a topic is shorter than this left it; nothing is committed
   */
  long commit(List<ProducerRecord<byte[], byte[]>> records)
      throws IOException, InterruptedException, ExecutionException {
    producer.beginTransaction();
    List<Sent> sent = new ArrayList<>();
    try {
      for (ProducerRecord<byte[], byte[]> record : records) {
        sent.add(new Sent(record, producer.send(record)));
      }
      producer.flush();
    } catch (KafkaException e) {
      // After a refusal, each further call only says that there was one.
      refuseTooLarge(sent);
      throw e;
    }
    refuseTooLarge(sent);
    long last = -1;
    Map<TopicPartition, Long> reached = new HashMap<>(ends);
    for (Sent one : sent) {
      last = offset(one, reached);
    }
    producer.commitTransaction();
    ends.putAll(reached);
    return last;
  }

  /** Kafka gives the same refusal to records that waited beside the one that is too large. */
  private static void refuseTooLarge(List<Sent> sent) throws InterruptedException {
    Sent largest = null;
    Throwable refusal = null;
    for (Sent one : sent) {
      Throwable found = tooLarge(one);
      if (found != null && (largest == null || one.size() > largest.size())) {
        largest = one;
        refusal = found;
      }
    }
    if (largest != null && refusal != null) {
      throw tooLarge(largest.record, refusal);
    }
  }

  private static @Nullable Throwable tooLarge(Sent sent) throws InterruptedException {
    try {
      if (sent.answer.isDone()) {
        sent.answer.get();
      }
      return null;
    } catch (ExecutionException e) {
      return e.getCause() instanceof RecordTooLargeException ? e.getCause() : null;
    }
  }

  private static long offset(Sent sent, Map<TopicPartition, Long> reached)
      throws IOException, InterruptedException, ExecutionException {
    RecordMetadata at = sent.answer.get();
    TopicPartition partition = new TopicPartition(at.topic(), at.partition());
    Long before = reached.put(partition, at.offset());
    if (before != null && at.offset() <= before) {
      throw new SinkRolledBackException(
          "topic '%s' ends at %d in partition %d, and this mirror wrote up to %d: it was deleted or lost records"
              .formatted(at.topic(), at.offset(), at.partition(), before));
    }
    return at.offset();
  }

  private static RuntimeException tooLarge(
      ProducerRecord<byte[], byte[]> record, Throwable refusal) {
    byte[] value = record.value();
    String why =
        "the value of %d bytes is too large for topic '%s': %s; set max.request.size in the settings file and max.message.bytes of the topic to at least %d"
            .formatted(
                value == null ? 0 : value.length,
                record.topic(),
                refusal.getMessage(),
                LargestRecord.DEFAULT_BYTES);
    if (record.headers().lastHeader("etcd.op") == null) {
      return new PermanentException("the checkpoint cannot be stored: " + why, refusal);
    }
    return new UnsupportedEntryException(List.of(new Refusal(Bytes.of(record.key()), why)));
  }

  /** Ends the producer at once. What is open stays so until the next one is registered. */
  @Override
  public void close() {
    boolean wasInterrupted = Thread.interrupted();
    try {
      producer.close(Duration.ZERO);
    } catch (KafkaException e) {
      // Nothing is lost by it: the outcome of a transaction is read from the topics.
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
