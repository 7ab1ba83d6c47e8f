package org.etcdmirror.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.DeleteLimitException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.kafka.broker.KafkaBroker;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine with a source of etcd v3 and a topic as its sink. */
@KafkaTest
@Timeout(600)
class MirrorToKafkaTest {

  private static EtcdServer etcd;

  private final String topic = SharedBroker.freshName();
  private final String prefix = "/" + topic + "/";
  private V3Http source;

  @BeforeAll
  static void startEtcd() {
    etcd = EtcdServer.start();
  }

  @BeforeEach
  void connect() {
    source = new V3Http(etcd.clientUrl());
  }

  @AfterAll
  static void endEtcd() {
    etcd.close();
  }

  private EtcdMirrorBuilder builder(KafkaBroker broker) {
    return EtcdMirror.builder()
        .link(topic)
        .source(V3Source.of(etcd.clientUrl().toString()))
        .sink(KafkaSink.of(broker.address(), topic))
        .scope(MirrorScope.of(prefix));
  }

  private EtcdMirror started() {
    EtcdMirror mirror = builder(SharedBroker.broker()).build();
    mirror.start();
    return mirror;
  }

  /** What a consumer that reads the topic from its beginning holds in the end. */
  private SortedMap<Bytes, Bytes> read(KafkaBroker broker) {
    SortedMap<Bytes, Bytes> state = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : TopicRecords.committed(broker, topic)) {
      Bytes key = Bytes.of(record.key());
      if (record.value() == null) {
        state.remove(key);
      } else {
        state.put(key, Bytes.of(record.value()));
      }
    }
    return state;
  }

  private void assertLevel(EtcdMirror mirror) throws InterruptedException {
    assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
    assertThat(read(SharedBroker.broker())).isEqualTo(source.values(prefix));
  }

  @Test
  void changesArriveAndARestartContinuesWithoutRepeats() throws Exception {
    source.put(prefix + "a", "1");
    source.put(prefix + "b", "1");
    try (EtcdMirror mirror = started()) {
      assertLevel(mirror);
      source.put(prefix + "a", "2");
      source.delete(prefix + "b");
      assertLevel(mirror);
    }
    source.put(prefix + "c", "3");
    try (EtcdMirror mirror = started()) {
      assertLevel(mirror);
      assertThat(mirror.verify().isEqual()).isTrue();
    }
    assertThat(TopicRecords.committed(topic)).hasSize(5);
  }

  @Test
  void deletesThatHappenedBeforeACompactionReachTheTopic() throws Exception {
    for (int i = 0; i < 20; i++) {
      source.put(prefix + i, "v");
    }
    try (EtcdMirror mirror = started()) {
      assertLevel(mirror);
    }
    source.delete(prefix + 3);
    source.put(prefix + 4, "other");
    source.compact(source.revision());
    ResyncPlan plan;
    try (EtcdMirror beside = builder(SharedBroker.broker()).build()) {
      plan = beside.plan();
    }
    assertThat(plan.deletes()).isEqualTo(1);
    assertThat(plan.deleteSamples()).containsExactly(Bytes.utf8(prefix + 3));
    assertThat(plan.overwrites()).isEqualTo(1);
    try (EtcdMirror mirror = started()) {
      assertLevel(mirror);
    }
    assertThat(TopicRecords.committed(topic)).as("only what differs is written").hasSize(22);
  }

  @Test
  void aResyncThatWouldDeleteTooMuchIsRefused() throws Exception {
    for (int i = 0; i < 20; i++) {
      source.put(prefix + i, "v");
    }
    try (EtcdMirror mirror = started()) {
      assertLevel(mirror);
    }
    for (int i = 0; i < 15; i++) {
      source.delete(prefix + i);
    }
    source.compact(source.revision());
    try (EtcdMirror mirror =
        builder(SharedBroker.broker()).deleteLimit(DeleteLimit.keys(5)).build()) {
      assertThatThrownBy(mirror::syncOnce).hasRootCauseInstanceOf(DeleteLimitException.class);
    }
    assertThat(read(SharedBroker.broker())).hasSize(20);
  }

  @Test
  void aRecordOfAnotherProgramIsFoundByAVerification() throws Exception {
    source.put(prefix + "a", "1");
    try (EtcdMirror mirror = started()) {
      assertLevel(mirror);
      try (KafkaProducer<byte[], byte[]> other =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", SharedBroker.broker().address()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        byte[] key = Bytes.utf8(prefix + "foreign").toByteArray();
        other.send(new ProducerRecord<>(topic, key, new byte[1])).get();
      }
      assertThat(mirror.verify().extra()).isEqualTo(1);
    }
  }

  @Test
  void theOlderOfTwoMirrorsEndsAndTheNewerOneGoesOn() throws Exception {
    source.put(prefix + "a", "1");
    try (EtcdMirror older = started()) {
      assertLevel(older);
      try (EtcdMirror newer = started()) {
        source.put(prefix + "a", "2");
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(older.status().state()).isEqualTo(MirrorState.FAILED));
        assertThat(older.failure())
            .hasValueSatisfying(
                end -> assertThat(end).hasRootCauseInstanceOf(FencedException.class));
        source.put(prefix + "a", "3");
        assertLevel(newer);
      }
    }
    assertThat(TopicRecords.committed(topic).stream().map(TopicRecords::valueOf))
        .containsExactly("1", "2", "3");
  }

  @Test
  void aBrokerThatIsKilledUnderLoadCostsNothing() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start();
        EtcdMirror mirror = builder(broker).build()) {
      mirror.start();
      for (int round = 0; round < 3; round++) {
        long revision = 0;
        for (int i = 0; i < 100; i++) {
          revision = source.put(prefix + i % 10, round + "-" + i);
          if (i == 50) {
            broker.kill();
          }
        }
        broker.run();
        assertThat(mirror.await(revision, PATIENCE)).isTrue();
      }
      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
      assertThat(read(broker)).isEqualTo(source.values(prefix));
      TreeMap<String, Long> last = new TreeMap<>();
      for (ConsumerRecord<byte[], byte[]> record : TopicRecords.committed(broker, topic)) {
        long index = Long.parseLong(TopicRecords.header(record, "etcd.index"));
        Long before = last.put(TopicRecords.keyOf(record), index);
        assertThat(before == null || before < index).as("%s once and in order", record).isTrue();
      }
      assertThat(mirror.status().counters().gaps()).as("a first copy").isLessThanOrEqualTo(1);
    }
  }
}
