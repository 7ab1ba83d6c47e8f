package org.etcdmirror.benchmarks.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads committed records of a topic's only partition from its end on, and notes when they came.
 * The thread that waits reads, so that nothing is handed over.
 */
final class TopicTail implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

  private final KafkaConsumer<byte[], byte[]> consumer;

  /** The times of the first and the last of some records, by {@link System#nanoTime()}. */
  record Span(long first, long last) {}

  TopicTail(String brokers, String topic) {
    Properties settings = new Properties();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    TopicPartition only = new TopicPartition(topic, 0);
    consumer.assign(List.of(only));
    consumer.seekToEnd(List.of(only));
    consumer.position(only);
  }

  /** Reads records until the one of this key has come. */
  Span awaitKey(String key) {
    long begun = System.nanoTime();
    long first = 0;
    while (System.nanoTime() - begun < PATIENCE) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        long now = System.nanoTime();
        first = first == 0 ? now : first;
        if (new String(record.key(), UTF_8).equals(key)) {
          return new Span(first, now);
        }
      }
    }
    throw new IllegalStateException(key + " did not reach the topic");
  }

  @Override
  public void close() {
    consumer.close();
  }
}
