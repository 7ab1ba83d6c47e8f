package org.etcdmirror.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.kafka.Link.at;
import static org.etcdmirror.kafka.Link.batch;
import static org.etcdmirror.kafka.Link.delete;
import static org.etcdmirror.kafka.Link.put;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.testkit.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is read back. */
@KafkaTest
@Timeout(300)
class SnapshotTest {

  private final String topic = SharedBroker.freshName();
  private final Link link = new Link(topic);

  private static List<String> keys(KafkaSink sink) {
    List<String> keys = new ArrayList<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        keys.add(entry.key().utf8());
      }
    } catch (Exception e) {
      throw new CompletionException(e);
    }
    return keys;
  }

  /** A program that writes to the same topic under a transaction of its own. */
  private static KafkaProducer<byte[], byte[]> foreign() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            SharedBroker.broker().address(),
            "transactional.id",
            SharedBroker.freshName()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private void send(KafkaProducer<byte[], byte[]> producer, String key) throws Exception {
    producer
        .send(new ProducerRecord<>(topic, Bytes.utf8(key).toByteArray(), new byte[1]))
        .get(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void abortedTransactionsAreNotRead() throws Exception {
    try (KafkaSink sink = link.open();
        KafkaProducer<byte[], byte[]> foreign = foreign()) {
      sink.apply(batch(put("/a", "1", 1)), at(1));
      foreign.initTransactions();
      foreign.beginTransaction();
      send(foreign, "/aborted");
      foreign.abortTransaction();
      assertThat(keys(sink)).containsExactly("/a");
    }
  }

  /** Reading up to the open transaction would miss what was committed behind it. */
  @Test
  void whatWasCommittedBehindAnOpenTransactionIsRead() throws Exception {
    try (KafkaSink sink = link.open();
        KafkaProducer<byte[], byte[]> foreign = foreign()) {
      sink.save(at(1));
      foreign.initTransactions();
      foreign.beginTransaction();
      send(foreign, "/foreign");
      sink.apply(batch(put("/a", "1", 2), put("/b", "1", 3)), at(3));
      CompletableFuture<List<String>> reading = CompletableFuture.supplyAsync(() -> keys(sink));
      sink.apply(batch(delete("/b", 4)), at(4));
      assertThat(reading).isNotDone();
      foreign.abortTransaction();
      assertThat(reading.get(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS)).contains("/a");
      assertThat(keys(sink)).containsExactly("/a");
    }
  }

  @Test
  void aRecordInATopicThatItsKeyNoLongerBelongsToDoesNotCount() throws Exception {
    try (KafkaSink sink = link.open()) {
      sink.apply(batch(put("/a", "1", 1), put("/app/b", "1", 2)), at(2));
    }
    try (KafkaSink sink =
        link.open(settings -> settings.topic(Bytes.utf8("/app/"), topic + "-app"))) {
      assertThat(sink.load()).as("a checkpoint of other topics").isEmpty();
      assertThat(keys(sink)).containsExactly("/a");
      sink.apply(batch(put("/app/b", "2", 3)));
      sink.save(at(3));
      assertThat(keys(sink)).containsExactly("/a", "/app/b");
    }
  }
}
