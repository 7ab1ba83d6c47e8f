package org.etcdmirror.kafka.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.etcdmirror.testkit.Patience;

/** Reads a topic as any consumer does. */
public final class TopicRecords {

  private TopicRecords() {}

  /** All committed records of the topic, a partition after the other. */
  public static List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
    return committed(SharedBroker.broker(), topic);
  }

  /** The same at another broker. */
  public static List<ConsumerRecord<byte[], byte[]>> committed(KafkaBroker broker, String topic) {
    Properties settings = new Properties();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (var partition : consumer.partitionsFor(topic)) {
        TopicPartition one = new TopicPartition(topic, partition.partition());
        consumer.assign(List.of(one));
        consumer.seekToBeginning(List.of(one));
        long end = end(broker, one);
        long deadline = System.nanoTime() + Patience.PATIENCE.toNanos();
        while (consumer.position(one) < end && System.nanoTime() < deadline) {
          consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
      }
    }
    return records;
  }

  /** Behind all that was written, so that a commit that was confirmed is seen. */
  private static long end(KafkaBroker broker, TopicPartition partition) {
    try (Admin admin = admin(broker)) {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()))
          .partitionResult(partition)
          .get()
          .offset();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client for the broker's administration. */
  public static Admin admin(KafkaBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.address()));
  }

  /** The key as text. */
  public static String keyOf(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), UTF_8);
  }

  /** The value as text; "-" for none. */
  public static String valueOf(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null ? "-" : new String(record.value(), UTF_8);
  }

  /** A header as text; "" for none. */
  public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
