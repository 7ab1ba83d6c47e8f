package org.etcdmirror.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.kafka.Link.at;
import static org.etcdmirror.kafka.Link.batch;
import static org.etcdmirror.kafka.Link.put;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which topics the sink makes, and which it takes. */
@KafkaTest
@Timeout(300)
class TopicsTest {

  private static final int ETCD_LIMIT = 1_500_000;

  private final String topic = SharedBroker.freshName();
  private final Link link = new Link(topic);
  private Admin admin;

  @BeforeEach
  void openAdmin() {
    admin = TopicRecords.admin(SharedBroker.broker());
  }

  @AfterEach
  void closeAdmin() {
    admin.close();
  }

  private String setting(String of, String name) throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, of);
    return requireNonNull(admin.describeConfigs(List.of(resource)).all().get().get(resource))
        .get(name)
        .value();
  }

  private void make(Map<String, String> settings) throws Exception {
    admin
        .createTopics(
            List.of(new NewTopic(topic, Optional.of(1), Optional.empty()).configs(settings)))
        .all()
        .get();
  }

  @Test
  void topicsThatAreMissingAreMadeCompactedForValuesOfEtcd() throws Exception {
    try (KafkaSink sink = link.open(settings -> settings.partitions(4).replication(1))) {
      sink.save(at(1));
    }
    var found = admin.describeTopics(List.of(topic)).allTopicNames().get();
    assertThat(requireNonNull(found.get(topic)).partitions()).hasSize(4);
    for (String made : List.of(topic, "etcd-mirror-" + topic)) {
      assertThat(setting(made, "cleanup.policy")).isEqualTo("compact");
      assertThat(setting(made, "max.message.bytes")).isEqualTo("2097152");
    }
  }

  @Test
  void readingMakesNoTopic() throws Exception {
    try (KafkaSink sink = link.open()) {
      assertThat(sink.load()).isEmpty();
      try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
        assertThat(snapshot.next()).isNull();
      }
    }
    assertThat(admin.listTopics().names().get()).noneMatch(name -> name.contains(topic));
  }

  @Test
  void aTopicThatIsNotCompactedIsRefused() throws Exception {
    make(Map.of("cleanup.policy", "delete"));
    try (KafkaSink sink = link.open()) {
      assertThatThrownBy(() -> sink.apply(batch(put("/k", "1", 1)), at(1)))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("'" + topic + "'")
          .hasMessageContaining("cleanup.policy=delete: set it to compact");
    }
  }

  @Test
  void oneTopicForDataAndCheckpointIsRefused() {
    try (KafkaSink sink = link.open(settings -> settings.checkpointTopic(topic))) {
      assertThatThrownBy(() -> sink.save(at(1)))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("name another topic");
    }
  }

  @Test
  void theCheckpointTopicOfAnotherLinkIsRefused() throws Exception {
    String shared = topic + "-checkpoint";
    try (KafkaSink sink = link.open(settings -> settings.checkpointTopic(shared))) {
      sink.save(at(1));
    }
    try (KafkaSink other =
        new Link(SharedBroker.freshName()).open(set -> set.checkpointTopic(shared))) {
      assertThatThrownBy(other::load)
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("belongs to link '" + topic + "'");
    }
  }

  @Test
  void keysStayInTheirPartitionsWhenATopicGetsMore() throws Exception {
    try (KafkaSink sink = link.open(settings -> settings.partitions(2))) {
      for (int i = 0; i < 20; i++) {
        sink.apply(batch(put("/k" + i, "old", 1)));
      }
      sink.save(at(1));
    }
    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(7))).all().get();
    try (KafkaSink sink = link.open()) {
      assertThat(sink.load()).contains(at(1));
      for (int i = 0; i < 20; i++) {
        sink.apply(batch(put("/k" + i, "new", 2)));
      }
      sink.save(at(2));
      List<String> values = new ArrayList<>();
      try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
        for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
          values.add(((Put) entry).value().utf8());
        }
      }
      assertThat(values).hasSize(20).containsOnly("new");
    }
    assertThat(TopicRecords.committed(topic)).hasSize(40).allMatch(one -> one.partition() < 2);
  }

  private static Put large(int size) {
    return new Put(Bytes.utf8("/large"), Bytes.of(new byte[size]), 1, null);
  }

  @Test
  void theLargestValueOfEtcdPasses() throws Exception {
    try (KafkaSink sink = link.open()) {
      sink.apply(batch(large(ETCD_LIMIT)), at(1));
      try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
        assertThat(((Put) requireNonNull(snapshot.next())).value().size()).isEqualTo(ETCD_LIMIT);
      }
    }
  }

  @Test
  void aValueAboveTheLimitOfAnExistingTopicIsRefusedByName() throws Exception {
    make(Map.of("cleanup.policy", "compact", "max.message.bytes", "1000000"));
    try (KafkaSink sink = link.open()) {
      isRefused(sink, large(ETCD_LIMIT));
      sink.apply(batch(put("/small", "1", 1)), at(1));
    }
    assertThat(TopicRecords.committed(topic).stream().map(TopicRecords::keyOf))
        .containsExactly("/small");
  }

  @Test
  void aValueAboveTheLimitOfTheClientIsRefusedByName() {
    try (KafkaSink sink = link.open()) {
      isRefused(sink, large(3_000_000));
    }
  }

  private static void isRefused(KafkaSink sink, Put put) {
    assertThatThrownBy(() -> sink.apply(batch(put("/before", "1", 1), put), at(1)))
        .isInstanceOfSatisfying(
            UnsupportedEntryException.class,
            refused ->
                assertThat(refused.refusals())
                    .singleElement()
                    .satisfies(one -> {
                      assertThat(one.key()).isEqualTo(put.key());
                      assertThat(one.reason()).contains("max.request.size", "max.message.bytes");
                    }));
  }
}
