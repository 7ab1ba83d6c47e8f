package org.etcdmirror.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.kafka.Link.at;
import static org.etcdmirror.kafka.Link.batch;
import static org.etcdmirror.kafka.Link.put;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who writes to a link, and when it stops. */
@KafkaTest
@Timeout(300)
class TakeoverTest {

  private final String topic = SharedBroker.freshName();
  private final Link link = new Link(topic);

  /** As Kafka does it to a producer whose transaction took too long. */
  private void endRegistration() {
    try (KafkaProducer<byte[], byte[]> other =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                SharedBroker.broker().address(),
                "transactional.id",
                "etcd-mirror-" + topic),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      other.initTransactions();
    }
  }

  @Test
  void aMirrorThatLostItsRegistrationToNoOtherMirrorGoesOn() throws Exception {
    try (KafkaSink sink = link.open()) {
      sink.apply(batch(put("/k", "1", 1)), at(1));
      endRegistration();
      var second = batch(put("/k", "2", 2));
      assertThatThrownBy(() -> sink.apply(second, at(2)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(topic)
          .hasMessageContaining("index 2");
      sink.apply(second, at(2));
    }
    assertThat(TopicRecords.committed(topic).stream().map(TopicRecords::valueOf))
        .containsExactly("1", "2");
  }

  @Test
  void aMirrorThatIsBehindDoesNotDisturbTheOneThatLeads() throws Exception {
    try (KafkaSink leads = link.open();
        KafkaSink behind = link.open()) {
      assertThat(behind.load()).isEmpty();
      leads.apply(batch(put("/k", "1", 1)), at(1));
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> behind.save(at(9))).isInstanceOf(FencedException.class);
      }
      leads.apply(batch(put("/k", "2", 2)), at(2));
      leads.confirm();
    }
  }

  @Test
  void aSilentMirrorLearnsThatItWasSuperseded() throws Exception {
    try (KafkaSink older = link.open();
        KafkaSink newer = link.open()) {
      older.apply(batch(put("/k", "1", 1)), at(1));
      older.confirm();
      assertThat(newer.load()).contains(at(1));
      newer.save(at(1));
      assertThatThrownBy(older::confirm)
          .isInstanceOf(FencedException.class)
          .hasMessageContaining(topic);
      newer.confirm();
    }
  }

  @Test
  void aTopicThatWasDeletedIsNoticedAndItsCheckpointSaysNothing() throws Exception {
    try (KafkaSink sink = link.open()) {
      sink.apply(batch(put("/k", "1", 1)), at(1));
      sink.confirm();
      try (var admin = TopicRecords.admin(SharedBroker.broker())) {
        admin.deleteTopics(List.of(topic)).all().get();
      }
      awaitRolledBack(sink);
      assertThatThrownBy(() -> sink.apply(batch(put("/k", "2", 2)), at(2)))
          .isInstanceOf(SinkRolledBackException.class);
      assertThat(sink.load()).isEmpty();
      sink.apply(batch(put("/k", "again", 3)));
      sink.save(at(3));
      assertThat(sink.load()).contains(at(3));
    }
    assertThat(TopicRecords.committed(topic).stream().map(TopicRecords::valueOf))
        .containsExactly("again");
  }

  @Test
  void aTopicOfTheCheckpointThatWasDeletedIsNoticed() throws Exception {
    try (KafkaSink sink = link.open()) {
      sink.apply(batch(put("/k", "1", 1)), at(1));
      try (var admin = TopicRecords.admin(SharedBroker.broker())) {
        admin.deleteTopics(List.of("etcd-mirror-" + topic)).all().get();
      }
      awaitRolledBack(sink);
      assertThat(sink.load()).isEmpty();
    }
  }

  /** A broker goes on with a topic for a moment after its controller has confirmed the delete. */
  private static void awaitRolledBack(KafkaSink sink) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThatThrownBy(sink::confirm).isInstanceOf(SinkRolledBackException.class));
  }
}
