package org.etcdmirror.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.kafka.Link.at;
import static org.etcdmirror.kafka.Link.batch;
import static org.etcdmirror.kafka.Link.delete;
import static org.etcdmirror.kafka.Link.put;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a consumer sees. */
@KafkaTest
@Timeout(300)
class RecordsTest {

  private final String topic = SharedBroker.freshName();
  private final Link link = new Link(topic);

  private static String told(ConsumerRecord<byte[], byte[]> record) {
    return "%s=%s %s %s %s"
        .formatted(
            TopicRecords.keyOf(record),
            TopicRecords.valueOf(record),
            TopicRecords.header(record, "etcd.index"),
            TopicRecords.header(record, "etcd.op"),
            TopicRecords.header(record, "etcd.snapshot"));
  }

  @Test
  void headersTellIndexAndKindAndWhetherItComesFromASnapshot() throws Exception {
    try (KafkaSink sink = link.open()) {
      sink.apply(batch(put("/a", "copied", 5)));
      sink.apply(batch(put("/a", "1", 7), delete("/b", 8)), at(8));
    }
    assertThat(TopicRecords.committed(topic).stream().map(RecordsTest::told))
        .containsExactly("/a=copied 5 put true", "/a=1 7 put ", "/b=- 8 delete ");
  }

  @Test
  void aLeaseIsToldAndReadBack() throws Exception {
    Lease lease = new Lease(0x694d77aa9e38260fL, Duration.ofSeconds(60));
    Put leased =
        new Put(Bytes.utf8("/l"), Bytes.utf8("x"), 3, Expiry.in(Duration.ofSeconds(50)), lease);
    try (KafkaSink sink = link.open()) {
      sink.apply(batch(leased), at(3));
      ConsumerRecord<byte[], byte[]> record = TopicRecords.committed(topic).get(0);
      assertThat(TopicRecords.header(record, "etcd.lease")).isEqualTo("694d77aa9e38260f");
      try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
        Put found = (Put) requireNonNull(snapshot.next());
        assertThat(found.lease()).isEqualTo(lease);
        assertThat(found.index()).isEqualTo(3);
        assertThat(requireNonNull(found.expiresAt()).left())
            .isBetween(Duration.ZERO, Duration.ofSeconds(51));
      }
    }
  }

  @Test
  void aTreeDeleteIsATombstoneForEachKeyInIt() throws Exception {
    try (KafkaSink sink = link.open()) {
      sink.apply(batch(put("/t/a", "1", 1), put("/t/b/c", "1", 2), put("/tt", "1", 3)), at(3));
      sink.apply(
          batch(
              put("/t/new", "2", 4),
              new MirrorEvent.DeleteTree(Bytes.utf8("/t"), 5),
              put("/t/a", "3", 6)),
          at(6));
    }
    assertThat(TopicRecords.committed(topic).stream().skip(3).map(RecordsTest::told))
        .containsExactlyInAnyOrder(
            "/t/new=2 4 put ",
            "/t/a=- 5 delete ",
            "/t/b/c=- 5 delete ",
            "/t/new=- 5 delete ",
            "/t/a=3 6 put ");
  }

  @Test
  void keysGoToTheTopicOfTheirLongestPrefixAndAreReadBackFromAllTopics() throws Exception {
    String app = topic + "-app";
    String db = topic + "-db";
    Link routed = new Link(topic);
    try (KafkaSink sink =
        routed.open(settings ->
            settings.topic(Bytes.utf8("/app/"), app).topic(Bytes.utf8("/app/db/"), db))) {
      sink.apply(batch(put("/x", "1", 1), put("/app/y", "2", 2), put("/app/db/z", "3", 3)), at(3));
      assertThat(TopicRecords.committed(topic).stream().map(TopicRecords::keyOf))
          .containsExactly("/x");
      assertThat(TopicRecords.committed(app).stream().map(TopicRecords::keyOf))
          .containsExactly("/app/y");
      assertThat(TopicRecords.committed(db).stream().map(TopicRecords::keyOf))
          .containsExactly("/app/db/z");
      assertThat(keys(sink)).containsExactly("/app/db/z", "/app/y", "/x");
    }
  }

  private static List<String> keys(KafkaSink sink) throws Exception {
    List<String> keys = new ArrayList<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        keys.add(entry.key().utf8());
      }
    }
    return keys;
  }

  @Test
  void aKeyHasThePartitionThatAnyProducerOfKafkaGivesIt() throws Exception {
    String other = SharedBroker.freshName();
    try (KafkaSink sink = link.open(settings -> settings.partitions(5));
        KafkaSink same = new Link(other).open(settings -> settings.partitions(5))) {
      List<MirrorEvent> events = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        events.add(put("/k" + i, "v", i + 1L));
      }
      sink.apply(EventBatch.of(events, 50, 50), at(50));
      same.save(at(1));
      try (KafkaProducer<byte[], byte[]> plain =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", SharedBroker.broker().address()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        events.forEach(event ->
            plain.send(new ProducerRecord<>(other, event.key().toByteArray(), new byte[1])));
      }
    }
    Map<String, Integer> ours = partitions(topic);
    assertThat(ours).hasSize(50).isEqualTo(partitions(other));
    assertThat(Set.copyOf(ours.values())).hasSize(5);
  }

  private static Map<String, Integer> partitions(String of) {
    Map<String, Integer> partitions = new TreeMap<>();
    TopicRecords.committed(of)
        .forEach(record -> partitions.put(TopicRecords.keyOf(record), record.partition()));
    return partitions;
  }

  @Test
  void eachChangeOfAKeyIsThereOnceAndInOrder() throws Exception {
    Set<String> wanted = new TreeSet<>();
    try (KafkaSink sink = link.open(settings -> settings.partitions(3))) {
      for (long i = 1; i <= 60; i += 2) {
        sink.apply(batch(put("/a", "" + i, i), put("/b", "" + (i + 1), i + 1)), at(i + 1));
        wanted.add("/a=" + i);
        wanted.add("/b=" + (i + 1));
      }
    }
    Map<String, Long> last = new TreeMap<>();
    List<String> found = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : TopicRecords.committed(topic)) {
      long index = Long.parseLong(TopicRecords.header(record, "etcd.index"));
      assertThat(index).isGreaterThan(last.getOrDefault(TopicRecords.keyOf(record), 0L));
      last.put(TopicRecords.keyOf(record), index);
      found.add(TopicRecords.keyOf(record) + "=" + TopicRecords.valueOf(record));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(wanted);
  }
}
