package org.etcdmirror.kafka.internal.read;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.etcdmirror.kafka.internal.client.Clients;
import org.etcdmirror.kafka.internal.client.Failures;
import org.etcdmirror.kafka.internal.topic.TopicShape;

/** Reads topics of data from their beginning to the end that they have when it begins. */
public final class TopicReader {

  /** A producer may hold a transaction open for 15 minutes by the brokers' default. */
  private static final Duration MOST_WAIT = Duration.ofMinutes(2);

  private static final Duration POLL = Duration.ofMillis(200);

  /** Takes records, those of a partition in order. */
  @FunctionalInterface
  public interface Taker {
    /** Takes the next one. */
    void take(ConsumerRecord<byte[], byte[]> record) throws IOException;
  }

  private final Clients clients;

  /** A reader with consumers of these clients. */
  public TopicReader(Clients clients) {
    this.clients = clients;
  }

  /**
   * Gives the taker all committed records of these topics.
   *
   * @throws IOException if they cannot be read now, or a transaction stays open for minutes
   */
  public void read(SortedMap<String, TopicShape> topics, Taker taker)
      throws IOException, InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    topics.forEach((name, shape) -> {
      for (int i = 0; i < shape.partitions(); i++) {
        partitions.add(new TopicPartition(name, i));
      }
    });
    if (partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, Long> ends = Ends.ofAll(clients, partitions);
    try (Closing consumer = new Closing(clients.consumer())) {
      consumer.reads(partitions);
      new Reading(consumer.consumer, ends, taker).toTheEnd();
    } catch (KafkaException e) {
      throw Failures.of(
          "cannot read the topics %s at '%s'".formatted(topics.keySet(), clients.brokers()), e);
    }
  }

  /** A consumer that does not wait when it is closed, as it has nothing to hand in. */
  private record Closing(Consumer<byte[], byte[]> consumer) implements AutoCloseable {

    void reads(List<TopicPartition> partitions) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    @Override
    public void close() {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  /** One pass. */
  private static final class Reading {

    private final Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends;
    private final Taker taker;
    private long progressNanos = System.nanoTime();
    private long sum = -1;

    Reading(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, Taker taker) {
      this.consumer = consumer;
      this.ends = ends;
      this.taker = taker;
    }

    void toTheEnd() throws IOException {
      while (!isAtEnd()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.offset() < end(record)) {
            taker.take(record);
          }
        }
      }
    }

    private long end(ConsumerRecord<byte[], byte[]> record) {
      return ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    }

    /** What was read to its end is read no further, also if much is written meanwhile. */
    private boolean isAtEnd() throws IOException {
      long now = 0;
      List<TopicPartition> done = new ArrayList<>();
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        long at = consumer.position(end.getKey());
        now += at;
        if (at >= end.getValue()) {
          done.add(end.getKey());
        }
      }
      consumer.pause(done);
      requireProgress(now);
      return done.size() == ends.size();
    }

    private void requireProgress(long now) throws IOException {
      if (now != sum) {
        sum = now;
        progressNanos = System.nanoTime();
      } else if (System.nanoTime() - progressNanos > MOST_WAIT.toNanos()) {
        throw new IOException(
            "nothing came for %d s before the end of %s: a producer may hold a transaction open; find it by kafka-transactions.sh"
                .formatted(MOST_WAIT.toSeconds(), ends.keySet()));
      }
    }
  }
}
