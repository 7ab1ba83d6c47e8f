package org.etcdmirror.kafka.connect.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.etcdmirror.kafka.connect.worker.ConnectWorker;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connector in a real worker, on a real broker, with a real etcd. */
@KafkaTest
@EtcdTest
@Timeout(900)
class SourceOnWorkerTest {

  private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

  private static ConnectWorker worker;

  private final String name = SharedBroker.freshName();
  private final EtcdServer etcd;
  private final V3Http writer;

  SourceOnWorkerTest(EtcdServer etcd) {
    this.etcd = etcd;
    this.writer = new V3Http(etcd.clientUrl());
  }

  @BeforeAll
  static void startWorker() throws IOException {
    worker = ConnectWorker.start(SharedBroker.broker(), SharedBroker.freshName());
  }

  @AfterAll
  static void endWorker() {
    if (worker != null) {
      worker.close();
    }
  }

  @BeforeEach
  void fill() {
    writer.put("/app/a", "1");
    writer.put("/app/b", "2");
  }

  @AfterEach
  void remove() throws IOException {
    worker.remove(name);
  }

  /** With the topic read back, as the documentation advises. */
  private Settings settings() {
    return Settings.of(etcd.clientUrl())
        .with("name", name)
        .with("topic", name)
        .with("tasks.max", "1")
        .with("key.converter", BYTES)
        .with("value.converter", BYTES)
        .with("deletes.after.gap", "read")
        .with("reader.bootstrap.servers", SharedBroker.broker().address())
        .with("topic.creation.default.replication.factor", "1")
        .with("topic.creation.default.partitions", "1")
        .with("topic.creation.default.cleanup.policy", "compact")
        .with("topic.creation.default.max.message.bytes", "2097152");
  }

  private static Map<String, String> state(List<ConsumerRecord<byte[], byte[]>> records) {
    Map<String, String> state = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.value() == null) {
        state.remove(TopicRecords.keyOf(record));
      } else {
        state.put(TopicRecords.keyOf(record), TopicRecords.valueOf(record));
      }
    }
    return state;
  }

  private Map<String, String> source() {
    Map<String, String> all = new TreeMap<>();
    for (Map.Entry<Bytes, Bytes> entry : writer.values("/app/").entrySet()) {
      all.put(entry.getKey().utf8(), entry.getValue().utf8());
    }
    return all;
  }

  private void awaitLevel(Map<String, String> wanted) {
    await()
        .atMost(Patience.PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(() -> {
          assertThat(worker.tasks(name)).doesNotContain("FAILED");
          assertThat(isLevel()).isTrue();
          assertThat(state(TopicRecords.committed(name))).isEqualTo(wanted);
        });
  }

  private boolean isLevel() throws IOException {
    JsonNode offset = worker.offset(name, name);
    return offset != null && offset.path("level").asBoolean();
  }

  private long index() throws IOException {
    JsonNode offset = worker.offset(name, name);
    return offset == null ? 0 : offset.path("index").asLong();
  }

  private void killWorker(Runnable meanwhile) throws IOException {
    worker.kill();
    meanwhile.run();
    worker.run();
  }

  /** Of each key each index at most once, and each later than the one before. */
  private void assertNoRepeat() {
    Map<String, Long> last = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : TopicRecords.committed(name)) {
      String key = TopicRecords.keyOf(record);
      long index = Long.parseLong(TopicRecords.header(record, "etcd.index"));
      assertThat(index).as(key).isGreaterThan(last.getOrDefault(key, 0L));
      last.put(key, index);
    }
  }

  @Test
  void theWorkersCheckNamesWhatIsWrong() throws Exception {
    JsonNode right = worker.validate("EtcdSourceConnector", settings().map());
    assertThat(right.path("error_count").asInt()).as(right.toString()).isZero();
    JsonNode wrong =
        worker.validate(
            "EtcdSourceConnector",
            settings()
                .with("etcd.address", "v3:http://127.0.0.1:1")
                .with("producer.override.max.request.size", "2097152")
                .map());
    assertThat(wrong.toString()).contains("127.0.0.1:1: ");
    JsonNode small =
        worker.validate(
            "EtcdSourceConnector", settings().without("producer.override.max.request.size").map());
    assertThat(small.toString()).contains("producer.override.max.request.size=2097152");
  }

  @Test
  void theTopicIsACopyOfEtcdAlsoAfterTheWorkerWasKilled() throws Exception {
    worker.put(name, settings().map());
    awaitLevel(source());
    writer.commit(
        List.of(
            Write.put(Bytes.utf8("/app/c"), Bytes.utf8("3")), Write.delete(Bytes.utf8("/app/a"))));
    awaitLevel(source());
    killWorker(() -> {
      writer.put("/app/d", "4");
      writer.delete("/app/b");
    });
    awaitLevel(source());
    assertNoRepeat();
    // The offset was found: what was copied once is not copied again.
    assertThat(TopicRecords.committed(name))
        .filteredOn(record -> TopicRecords.header(record, "etcd.snapshot").equals("true"))
        .extracting(TopicRecords::keyOf)
        .containsExactly("/app/a", "/app/b");
  }

  @Test
  void whatWasCompactedWhileTheWorkerWasGoneIsComparedDeletesIncluded() throws Exception {
    worker.put(name, settings().map());
    awaitLevel(source());
    killWorker(() -> {
      writer.put("/app/c", "3");
      writer.compact(writer.delete("/app/a"));
    });
    awaitLevel(source());
    List<ConsumerRecord<byte[], byte[]>> records = TopicRecords.committed(name);
    assertThat(records)
        .filteredOn(record -> TopicRecords.keyOf(record).equals("/app/a"))
        .extracting(TopicRecords::valueOf)
        .containsExactly("1", "-");
    // What did not differ was not written again.
    assertThat(records)
        .filteredOn(record -> TopicRecords.keyOf(record).equals("/app/b"))
        .hasSize(1);
  }

  @Test
  void aValueOfTheLimitOfEtcdPasses() throws Exception {
    worker.put(name, settings().map());
    awaitLevel(source());
    writer.put("/app/big", "x".repeat((3 << 19) - 200));
    awaitLevel(source());
  }

  @Test
  void aQuietPrefixOfV2OutlivesMoreForeignEventsThanV2Keeps() throws Exception {
    V2Http v2 = new V2Http(etcd.clientUrl());
    assertThat(v2.put("/app/a", "1").status()).isLessThan(300);
    worker.put(
        name,
        settings().with("etcd.address", "v2:" + etcd.clientUrl()).with("prefixes", "/app").map());
    awaitLevel(Map.of("/app/a", "1"));
    PipelinedWriter.Result foreign = PipelinedWriter.storm(etcd.clientUrl(), "/foreign", 10, 500);
    assertThat(foreign.succeeded()).isEqualTo(5_000);
    long after = v2.index();
    await().atMost(Patience.PATIENCE).until(() -> index() >= after);
    killWorker(() -> assertThat(v2.put("/app/b", "2").status()).isLessThan(300));
    awaitLevel(Map.of("/app/a", "1", "/app/b", "2"));
    // No gap: nothing was copied once more.
    assertNoRepeat();
    assertThat(TopicRecords.committed(name)).hasSize(2);
  }

  /** Moves the offset as the documentation says: stop, alter, resume. */
  @Test
  void aPersonMovesTheOffset() throws Exception {
    worker.put(name, settings().map());
    awaitLevel(source());
    long before = index();
    worker.send("PUT", "/connectors/%s/stop".formatted(name));
    await().atMost(Patience.PATIENCE).until(() -> worker.tasks(name).equals("[]"));
    assertThat(
            worker
                .call(
                    "PATCH",
                    "/connectors/%s/offsets".formatted(name),
                    "{\"offsets\":[{\"partition\":{\"link\":\"%s\"},\"offset\":{\"index\":%d}}]}"
                        .formatted(name, before - 1))
                .toString())
        .contains("successfully");
    assertThat(index()).isEqualTo(before - 1);
    worker.send("PUT", "/connectors/%s/resume".formatted(name));
    writer.put("/app/c", "3");
    awaitLevel(source());
  }
}
