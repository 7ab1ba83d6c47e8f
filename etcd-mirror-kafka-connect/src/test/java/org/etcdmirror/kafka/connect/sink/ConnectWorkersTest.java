package org.etcdmirror.kafka.connect.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.etcdmirror.kafka.connect.worker.ConnectWorker;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Real workers between a real broker and a real etcd. The values of each key are numbers that grow.
 */
@KafkaTest
@EtcdTest(v2 = false)
@Timeout(900)
class ConnectWorkersTest {

  private static final int PARTITIONS = 4;
  private static final int KEYS = 50;
  private static final int RECORDS = 400;

  private final EtcdServer etcd;
  private final History history;
  private final String topic = SharedBroker.freshName();
  private final String prefix = "/" + topic + "/";
  private final SortedMap<String, String> expected = new TreeMap<>();
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private KafkaProducer<byte[], byte[]> producer;
  private long number;

  ConnectWorkersTest(EtcdServer etcd) {
    this.etcd = etcd;
    this.history = new History(etcd.clientUrl());
  }

  @BeforeEach
  void makeTopic() throws Exception {
    System.out.println("ConnectWorkersTest -Dseed=" + seed);
    try (var admin = TopicRecords.admin(SharedBroker.broker())) {
      admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", SharedBroker.broker().address()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void closeProducer() {
    producer.close();
  }

  private ConnectWorker worker() throws IOException {
    return ConnectWorker.start(SharedBroker.broker(), topic);
  }

  private void connect(ConnectWorker worker) throws IOException {
    worker.put(
        topic,
        Map.of(
            "connector.class",
            EtcdSinkConnector.class.getName(),
            "topics",
            topic,
            "tasks.max",
            "2",
            SinkConfig.ADDRESS,
            "v3:" + etcd.clientUrl(),
            // So that a killed worker is missed soon.
            "consumer.override.session.timeout.ms",
            "6000",
            "consumer.override.heartbeat.interval.ms",
            "1000"));
  }

  /** Writes records, the newest value of each key being known. */
  private void load() {
    for (int i = 0; i < RECORDS; i++) {
      String key = prefix + random.nextInt(KEYS);
      String value = random.nextInt(8) == 0 ? null : Long.toString(number++);
      if (value == null) {
        expected.remove(key);
      } else {
        expected.put(key, value);
      }
      producer.send(
          new ProducerRecord<>(
              topic, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8)));
    }
    producer.flush();
  }

  private void awaitLevel(ConnectWorker worker) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(history.now(prefix)).as(worker::log).isEqualTo(expected));
  }

  @Test
  void eachRecordIsWrittenOnceThoughWorkersAreKilledAndShareTheWork() throws Exception {
    try (ConnectWorker one = worker()) {
      connect(one);
      load();
      awaitLevel(one);
      load();
      one.kill();
      load();
      one.run();
      try (ConnectWorker two = worker()) {
        load();
        awaitLevel(two);
        load();
        one.kill();
        load();
        awaitLevel(two);
        one.run();
        load();
        two.kill();
        load();
        awaitLevel(one);
      }
    }
    history.assertGrowing("seed " + seed, List.of(prefix));
  }

  @Test
  void workerThatWasFrozenWritesNothingOldWhenItComesBack() throws Exception {
    try (ConnectWorker one = worker();
        ConnectWorker two = worker()) {
      connect(one);
      load();
      awaitLevel(one);
      load();
      one.freeze();
      load();
      awaitLevel(two);
      load();
      one.thaw();
      load();
      awaitLevel(two);
    }
    history.assertGrowing("seed " + seed, List.of(prefix));
  }
}
