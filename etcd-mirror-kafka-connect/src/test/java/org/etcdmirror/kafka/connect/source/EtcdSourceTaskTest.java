package org.etcdmirror.kafka.connect.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A task on a real etcd, with a worker that only pretends. */
@EtcdTest(v2 = false)
@Timeout(300)
class EtcdSourceTaskTest {

  private static final String TOPIC = "etcd.app";

  private final FakeWorker worker = new FakeWorker(true);
  private final EtcdServer etcd;
  private final V3Http writer;

  EtcdSourceTaskTest(EtcdServer etcd) {
    this.etcd = etcd;
    this.writer = new V3Http(etcd.clientUrl());
  }

  @BeforeEach
  void fill() {
    writer.put("/app/a", "1");
    writer.put("/app/b", "2");
  }

  @AfterEach
  void end() throws Exception {
    worker.close();
  }

  private Settings settings() {
    return Settings.of(etcd.clientUrl());
  }

  private static String key(SourceRecord record) {
    return new String((byte[]) record.key(), UTF_8);
  }

  private Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    for (SourceRecord record : worker.committed(TOPIC)) {
      if (record.value() == null) {
        state.remove(key(record));
      } else {
        state.put(key(record), new String((byte[]) record.value(), UTF_8));
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

  private void awaitLevel() {
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() -> {
          assertThat(worker.failure()).isNull();
          assertThat(worker.offset("app")).containsEntry("level", true);
          assertThat(state()).isEqualTo(source());
        });
  }

  private void awaitFailure(String... words) {
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() ->
            assertThat(worker.failure())
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll(words));
  }

  @Test
  void theTopicIsACopyAndFollows() {
    worker.start(settings().map());
    awaitLevel();
    writer.put("/app/a", "3");
    writer.delete("/app/b");
    writer.put("/other/c", "4");
    awaitLevel();
  }

  /** The mirror fails as well then, because the task is closed for it. */
  @Test
  void aRecordThatTheWorkerDroppedIsTheCauseAlsoAfterTheMirrorHasFailed() throws Exception {
    EtcdSourceTask task = worker.startWithoutPolls(settings().map());
    try {
      List<SourceRecord> batch = null;
      while (batch == null) {
        batch = task.poll();
      }
      for (SourceRecord record : batch) {
        task.commitRecord(record, null);
      }
      await().atMost(Patience.PATIENCE).until(() -> !isMirrorAlive());
      assertThatThrownBy(task::poll)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("the worker dropped a record");
    } finally {
      task.stop();
    }
  }

  private static boolean isMirrorAlive() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("etcd-mirror-app-"));
  }

  /** Connect takes such a name, too. */
  @Test
  void aLinkWithACommaInItsNameIsMirrored() {
    worker.start(settings().with("name", "app,other").map());
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() -> {
          assertThat(worker.failure()).isNull();
          assertThat(worker.offset("app,other")).containsEntry("level", true);
        });
    assertThat(state()).isEqualTo(source());
  }

  @Test
  void aTaskGoesOnWhereTheFormerOneWas() throws Exception {
    worker.start(settings().map());
    awaitLevel();
    worker.stop();
    int before = worker.committed(TOPIC).size();
    writer.put("/app/c", "3");
    writer.delete("/app/a");
    worker.start(settings().map());
    awaitLevel();
    assertThat(worker.committed(TOPIC).subList(before, before + 2))
        .extracting(EtcdSourceTaskTest::key)
        .containsExactly("/app/c", "/app/a");
    assertThat(worker.committed(TOPIC)).hasSize(before + 2);
  }

  /** A commit that did not happen leaves neither the records nor the offset. */
  @Test
  void whatAKilledTaskHadHandedOverComesAgainOnce() throws Exception {
    worker.start(settings().map());
    awaitLevel();
    worker.crashAfter(0);
    writer.put("/app/c", "3");
    worker.awaitEnd();
    assertThat(state()).doesNotContainKey("/app/c");
    worker.start(settings().map());
    awaitLevel();
    List<String> keys = new ArrayList<>();
    worker.committed(TOPIC).forEach(record -> keys.add(key(record)));
    assertThat(keys).containsExactly("/app/a", "/app/b", "/app/c");
  }

  @Test
  void whereverATaskIsKilledEachChangeIsWrittenOnce() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    worker.start(settings().map());
    awaitLevel();
    for (int round = 0; round < 8; round++) {
      worker.crashAfter(random.nextInt(4));
      for (int i = 0; worker.isRunning(); i++) {
        String key = "/app/" + random.nextInt(10);
        if (random.nextInt(3) == 0) {
          writer.delete(key);
        } else {
          writer.put(key, round + "." + i);
        }
      }
      worker.awaitEnd();
      worker.start(settings().map());
      awaitLevel();
    }
    Map<String, Long> last = new TreeMap<>();
    for (SourceRecord record : worker.committed(TOPIC)) {
      long index = Long.parseLong((String) record.headers().lastWithName("etcd.index").value());
      assertThat(index)
          .as("seed %d, key %s", seed, key(record))
          .isGreaterThan(last.getOrDefault(key(record), 0L));
      last.put(key(record), index);
    }
  }

  @Test
  void aTransactionOfEtcdIsInOneBatchAndOnlyItsLastRecordHasItsIndex() {
    worker.start(settings().map());
    awaitLevel();
    int before = worker.committed(TOPIC).size();
    long revision =
        writer.commit(
            List.of(
                Write.put(Bytes.utf8("/app/x"), Bytes.utf8("1")),
                Write.put(Bytes.utf8("/app/y"), Bytes.utf8("1")),
                Write.delete(Bytes.utf8("/app/a"))));
    awaitLevel();
    List<SourceRecord> made = worker.committed(TOPIC).subList(before, before + 3);
    assertThat((Object) made.get(2).sourceOffset().get("index")).isEqualTo(revision);
    for (SourceRecord record : made.subList(0, 2)) {
      assertThat((Long) record.sourceOffset().get("index")).isLessThan(revision);
      assertThat((Object) record.sourceOffset().get("applying")).isEqualTo(revision);
    }
  }

  @Test
  void aQuietPrefixMovesItsOffsetByHeartbeats() {
    worker.start(settings().map());
    awaitLevel();
    int changes = worker.committed(TOPIC).size();
    long last = 0;
    for (int i = 0; i < 100; i++) {
      last = writer.put("/other/" + i, "x");
    }
    long foreign = last;
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() ->
            assertThat((Long) worker.offset("app").get("index")).isGreaterThanOrEqualTo(foreign));
    assertThat(worker.committed(TOPIC)).hasSize(changes);
    assertThat(worker.committed(TOPIC + ".heartbeat")).isNotEmpty();
  }

  private void loseHistoryWhileNotFollowed(Map<String, String> settings) throws Exception {
    worker.start(settings);
    awaitLevel();
    worker.stop();
    writer.put("/app/c", "3");
    long revision = writer.delete("/app/a");
    writer.compact(revision);
  }

  @Test
  void aGapWithoutAReadTopicEndsTheTask() throws Exception {
    loseHistoryWhileNotFollowed(settings().map());
    worker.start(settings().map());
    awaitFailure("compacted", "deletes.after.gap=read");
    worker.awaitEnd();
    assertThat(state()).containsKey("/app/a").doesNotContainKey("/app/c");
    // Nor does it go on after a restart.
    worker.start(settings().map());
    awaitFailure("deletes.after.gap=read");
  }

  @Test
  void aGapThatIsToBeMarkedIsWrittenWithoutDeletesAndMarkedForGood() throws Exception {
    Settings marking = settings().with("deletes.after.gap", "mark");
    loseHistoryWhileNotFollowed(marking.map());
    Object level = worker.offset("app").get("index");
    worker.start(marking.map());
    await().atMost(Patience.PATIENCE).until(() -> state().containsKey("/app/c"));
    await()
        .atMost(Patience.PATIENCE)
        .until(() -> Boolean.TRUE.equals(worker.offset("app").get("level")));
    assertThat(worker.offset("app")).containsEntry("deletes_missing_since", level);
    worker.stop();
    worker.start(marking.map());
    writer.put("/app/d", "4");
    await().atMost(Patience.PATIENCE).until(() -> state().containsKey("/app/d"));
    assertThat(worker.offset("app")).containsEntry("deletes_missing_since", level);
    assertThat(new String((byte[]) beats().get(beats().size() - 1).value(), UTF_8))
        .contains("\"deletes_missing_since\":" + level);
  }

  private List<SourceRecord> beats() {
    return worker.committed(TOPIC + ".heartbeat");
  }

  /** A key that was copied, and deleted before the copy begins again, must not stay. */
  @Test
  void aCopyThatWasInterruptedIsNotGoneOnWithoutAReadTopic() throws Exception {
    worker.crashAfter(1);
    worker.start(settings().map());
    worker.awaitEnd();
    assertThat(worker.offset("app")).containsEntry("level", false);
    worker.start(settings().map());
    awaitFailure("a copy was interrupted", "deletes.after.gap=mark");
  }

  @Test
  void aValueThatIsTooLargeEndsTheTaskByItsKey() {
    worker.start(
        settings()
            .with("largest.record.bytes", "1000")
            .with("producer.override.max.request.size", "1000")
            .map());
    awaitLevel();
    writer.put("/app/big", "x".repeat(2_000));
    awaitFailure("/app/big", "largest.record.bytes");
  }

  @Test
  void severalGroupsHaveOffsetsOfTheirOwn() {
    writer.put("/two/a", "1");
    worker.start(
        settings()
            .without("prefixes")
            .with("groups", "one,two")
            .with("group.one.prefixes", "/app/")
            .with("group.two.prefixes", "/two/")
            .with("group.two.topic", "second")
            .map());
    await()
        .atMost(Patience.PATIENCE)
        .untilAsserted(() -> {
          assertThat(worker.failure()).isNull();
          assertThat(worker.offset("app.one")).containsEntry("level", true);
          assertThat(worker.offset("app.two")).containsEntry("level", true);
          assertThat(state()).isEqualTo(source());
          assertThat(worker.committed("second")).hasSize(1);
        });
  }
}
