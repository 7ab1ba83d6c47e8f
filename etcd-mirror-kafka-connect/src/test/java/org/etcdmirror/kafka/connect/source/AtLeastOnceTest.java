package org.etcdmirror.kafka.connect.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A task under a worker that stores offsets only now and then. */
@EtcdTest(v2 = false)
@Timeout(300)
class AtLeastOnceTest {

  private static final String TOPIC = "etcd.app";

  private final FakeWorker worker = new FakeWorker(false);
  private final V3Http writer;
  private final Map<String, String> settings;

  AtLeastOnceTest(EtcdServer etcd) {
    this.writer = new V3Http(etcd.clientUrl());
    this.settings =
        Settings.of(etcd.clientUrl())
            .without("exactly.once.support")
            .with("deletes.after.gap", "mark")
            .map();
    writer.put("/app/a", "1");
  }

  @AfterEach
  void end() throws Exception {
    worker.close();
  }

  private List<String> keys() {
    return worker.committed(TOPIC).stream()
        .map(record -> new String((byte[]) record.key(), UTF_8))
        .toList();
  }

  private List<SourceRecord> beats() {
    return worker.committed(TOPIC + ".heartbeat");
  }

  private void awaitKey(String key) {
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() -> {
          worker.flush();
          assertThat(worker.failure()).isNull();
          assertThat(keys()).contains(key);
        });
  }

  /** Else a killed worker would take a copy of half the keys for a whole one. */
  @Test
  void nothingIsCopiedBeforeItIsStoredThatTheTopicIsNotLevel() {
    worker.start(settings);
    await().atMost(Patience.PATIENCE).until(() -> !beats().isEmpty());
    assertThat((Object) beats().get(0).sourceOffset().get("level")).isEqualTo(false);
    assertThat(keys()).isEmpty();
    awaitKey("/app/a");
  }

  @Test
  void whatWasWrittenSinceTheLastStoredOffsetComesAgain() throws Exception {
    worker.start(settings);
    awaitKey("/app/a");
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() -> {
          worker.flush();
          assertThat(worker.offset("app")).containsEntry("level", true);
        });
    writer.put("/app/b", "2");
    await().atMost(Patience.PATIENCE).until(() -> keys().contains("/app/b"));
    worker.stop();
    worker.start(settings);
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() -> assertThat(keys()).containsExactly("/app/a", "/app/b", "/app/b"));
  }

  private void awaitLevel() {
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() -> {
          worker.flush();
          assertThat(worker.failure()).isNull();
          assertThat(worker.offset("app")).containsEntry("level", true);
        });
  }

  /** A task that was cut off from its group, and does not know it. */
  @Test
  void anOffsetThatAFormerTaskOverwritesIsStoredAgain() throws Exception {
    worker.start(settings);
    awaitKey("/app/a");
    awaitLevel();
    Map<String, Object> former = worker.offset("app");
    worker.stop();
    writer.put("/app/b", "2");
    writer.compact(writer.put("/app/c", "3"));
    int before = beats().size();
    worker.start(settings);
    await()
        .atMost(Patience.PATIENCE)
        .until(() ->
            beats().stream()
                .skip(before)
                .anyMatch(beat -> Boolean.FALSE.equals(beat.sourceOffset().get("level"))));
    worker.flush(Map.of(Map.of("link", "app"), former));
    awaitKey("/app/c");
    awaitLevel();
  }

  @Test
  void aTaskWhoseOffsetAnotherTaskStoredEnds() {
    worker.start(settings);
    awaitKey("/app/a");
    Map<String, Object> other = new HashMap<>(worker.offset("app"));
    other.put("writer", "another task");
    worker.store("app", other);
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() ->
            assertThat(worker.failure())
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("another task"));
  }
}
