package org.etcdmirror.kafka.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.kafka.connect.sink.LosingProxy.Fate;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The task on a real etcd, called as Connect's worker calls it. */
@Timeout(300)
@EtcdTest(v2 = false)
class EtcdSinkTaskTest {

  private static final TopicPartition ZERO = new TopicPartition("t", 0);
  private static final TopicPartition ONE = new TopicPartition("t", 1);
  private static final String STORED = "/__replication/.connect/c/t/";
  private static final int MOST = 100;

  private final EtcdServer server;
  private final V3Http etcd;
  private final Topics topics = new Topics();
  private final List<Worker> workers = new ArrayList<>();

  EtcdSinkTaskTest(EtcdServer server) {
    this.server = server;
    this.etcd = new V3Http(server.clientUrl());
  }

  @BeforeEach
  void somethingIsInEtcd() {
    etcd.put("/foreign", "stays");
  }

  @AfterEach
  void endWorkers() {
    workers.forEach(Worker::close);
  }

  private Worker worker(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "c");
    settings.put(SinkConfig.ADDRESS, "v3:" + server.clientUrl());
    settings.putAll(more);
    Worker worker = new Worker(topics, settings, MOST);
    workers.add(worker);
    return worker;
  }

  private Worker worker() {
    return worker(Map.of());
  }

  private Worker worker(LosingProxy proxy) {
    return worker(Map.of(SinkConfig.ADDRESS, "v3:" + proxy.url()));
  }

  private String value(String key) {
    Bytes value = etcd.values(key).get(Bytes.utf8(key));
    return value == null ? "-" : value.utf8();
  }

  private long storedOffset(TopicPartition id) {
    String text = value(STORED + id.partition());
    return Long.parseLong(text.replaceFirst("(?s).*?index=(\\d+)\n.*", "$1"));
  }

  @Test
  void recordsBecomeKeysAndTombstonesDeletes() {
    topics.append(ZERO, "/a", "1");
    topics.append(ZERO, "/b", "1");
    topics.append(ONE, "/c", "1");
    Worker worker = worker();
    worker.assign(ZERO, ONE);
    worker.pollAll();
    assertThat(List.of(value("/a"), value("/b"), value("/c"))).containsExactly("1", "1", "1");
    topics.append(ZERO, "/a", "2");
    topics.append(ZERO, "/b", null);
    worker.pollAll();
    assertThat(List.of(value("/a"), value("/b"), value("/foreign")))
        .containsExactly("2", "-", "stays");
  }

  @Test
  void offsetIsInTheSameTransactionAsTheRecords() {
    topics.append(ZERO, "/a", "1");
    topics.append(ZERO, "/b", "1");
    Worker worker = worker();
    worker.assign(ZERO);
    worker.pollAll();
    assertThat(etcd.modRevision(STORED + 0))
        .isEqualTo(etcd.modRevision("/a"))
        .isEqualTo(etcd.modRevision("/b"));
    assertThat(storedOffset(ZERO)).isEqualTo(2);
    worker.commit();
    assertThat(topics.committed(ZERO)).isEqualTo(2);
  }

  @Test
  void killedTaskGoesOnFromTheOffsetInEtcdAndNotFromThatOfKafka() {
    topics.append(ZERO, "/a", "1");
    Worker first = worker();
    first.assign(ZERO);
    first.pollAll();
    first.kill();
    assertThat(topics.committed(ZERO)).isZero();
    long revision = etcd.modRevision("/a");
    topics.append(ZERO, "/b", "1");
    Worker second = worker();
    second.assign(ZERO);
    second.pollAll();
    assertThat(etcd.modRevision("/a")).isEqualTo(revision);
    assertThat(value("/b")).isEqualTo("1");
  }

  @Test
  void emptyEtcdIsFilledFromTheBeginningWhateverKafkaHasCommitted() {
    topics.append(ZERO, "/a", "1");
    topics.append(ZERO, "/b", "1");
    topics.commit(ZERO, 2);
    Worker worker = worker();
    worker.assign(ZERO);
    worker.pollAll();
    assertThat(List.of(value("/a"), value("/b"))).containsExactly("1", "1");
  }

  @Test
  void etcdThatIsReplacedUnderAQuietTaskIsFilledAgain() {
    topics.append(ZERO, "/a", "1");
    Worker worker = worker();
    worker.assign(ZERO);
    worker.pollAll();
    server.wipe();
    // The first check may only meet the lost connection.
    while (value("/a").equals("-")) {
      worker.commit();
      worker.poll();
    }
    assertThat(value("/a")).isEqualTo("1");
    assertThat(storedOffset(ZERO)).isEqualTo(1);
  }

  @Test
  void taskThatLostItsPartitionIsRefusedAndEnds() {
    topics.append(ZERO, "/a", "1");
    Worker zombie = worker();
    zombie.assign(ZERO);
    zombie.pollAll();
    Worker owner = worker();
    owner.assign(ZERO);
    topics.append(ZERO, "/a", "2");
    assertThatThrownBy(zombie::poll)
        .isInstanceOf(ConnectException.class)
        .hasMessageStartingWith("another task has taken over a partition, so this one ends: ");
    assertThat(value("/a")).isEqualTo("1");
    owner.pollAll();
    assertThat(value("/a")).isEqualTo("2");
    zombie.kill();
  }

  @Test
  void taskThatLostItsQuietPartitionEndsAfterTheNextCommit() {
    Worker zombie = worker();
    zombie.assign(ZERO);
    Worker owner = worker();
    owner.assign(ZERO);
    zombie.commit();
    assertThatThrownBy(zombie::poll).hasMessageContaining("taken over a partition");
    zombie.kill();
  }

  @Test
  void partitionMovesToAnotherTaskInGoodOrder() {
    topics.append(ZERO, "/a", "1");
    topics.append(ONE, "/b", "1");
    Worker one = worker();
    Worker other = worker();
    one.assign(ZERO, ONE);
    one.pollAll();
    long revision = etcd.modRevision("/b");
    one.assign(ZERO);
    other.assign(ONE);
    topics.append(ZERO, "/a", "2");
    topics.append(ONE, "/c", "1");
    one.pollAll();
    other.pollAll();
    assertThat(List.of(value("/a"), value("/b"), value("/c"))).containsExactly("2", "1", "1");
    assertThat(etcd.modRevision("/b")).isEqualTo(revision);
  }

  @Test
  void transactionWhoseAnswerIsLostIsNotMadeAgain() {
    try (LosingProxy proxy = new LosingProxy(server.clientUrl())) {
      Worker worker = worker(proxy);
      worker.assign(ZERO);
      topics.append(ZERO, "/a", "1");
      proxy.next(Fate.ANSWER_LOST);
      assertThat(worker.poll()).isFalse();
      long revision = etcd.modRevision("/a");
      assertThat(revision).isPositive();
      topics.append(ZERO, "/b", "1");
      worker.pollAll();
      assertThat(etcd.modRevision("/a")).isEqualTo(revision);
      assertThat(value("/b")).isEqualTo("1");
    }
  }

  @Test
  void transactionThatIsLostIsMadeAgain() {
    try (LosingProxy proxy = new LosingProxy(server.clientUrl())) {
      Worker worker = worker(proxy);
      worker.assign(ZERO);
      topics.append(ZERO, "/a", "1");
      proxy.next(Fate.LOST);
      assertThat(worker.poll()).isFalse();
      assertThat(value("/a")).isEqualTo("-");
      worker.pollAll();
      assertThat(value("/a")).isEqualTo("1");
      assertThat(storedOffset(ZERO)).isEqualTo(1);
    }
  }

  @Test
  void etcdThatIsDownWhenPartitionsAreAssignedIsWaitedFor() {
    topics.append(ZERO, "/a", "1");
    server.kill();
    Worker worker = worker();
    worker.assign(ZERO);
    assertThat(worker.poll()).isFalse();
    assertThat(worker.retries()).isEqualTo(1);
    server.restart();
    worker.pollAll();
    assertThat(value("/a")).isEqualTo("1");
  }

  @Test
  void etcdThatIsKilledUnderLoadHoldsEachRecordAfterwards() {
    Worker worker = worker();
    worker.assign(ZERO);
    for (int i = 0; i < 2 * MOST; i++) {
      topics.append(ZERO, "/k" + i, "v" + i);
    }
    worker.poll();
    server.kill();
    assertThat(worker.poll()).isFalse();
    server.restart();
    worker.pollAll();
    assertThat(etcd.values("/k")).hasSize(2 * MOST);
  }

  @Test
  void manyRecordsAndLargeOnesAreCutAtTheLimitsOfEtcd() {
    String half = "x".repeat(700_000);
    for (int i = 0; i < 5; i++) {
      topics.append(ZERO, "/large" + i, half);
    }
    for (int i = 0; i < 3_000; i++) {
      topics.append(ZERO, "/small" + i, "v");
    }
    topics.append(ZERO, "/largest", "x".repeat(3 * 512 * 1024 - 2_000));
    Worker worker = new Worker(topics, settingsOf(server), 5_000);
    workers.add(worker);
    worker.assign(ZERO);
    worker.pollAll();
    assertThat(etcd.values("/large")).hasSize(6);
    assertThat(etcd.values("/small")).hasSize(3_000);
    assertThat(storedOffset(ZERO)).isEqualTo(3_006);
  }

  private static Map<String, String> settingsOf(EtcdServer server) {
    return Map.of("name", "c", SinkConfig.ADDRESS, "v3:" + server.clientUrl());
  }

  @Test
  void recordThatEtcdCannotHoldEndsTheTaskByName() {
    topics.append(ZERO, "/a", "x".repeat(3 * 512 * 1024));
    Worker worker = worker();
    worker.assign(ZERO);
    assertThatThrownBy(worker::poll)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("record at offset 0 of t-0 is refused: key '/a'");
  }

  @Test
  void refusedRecordIsReportedAndTheOthersAreWrittenWhereConnectToleratesErrors() {
    List<Throwable> reported = new ArrayList<>();
    topics.append(ZERO, "/a", "1");
    topics.append(ZERO, "/b", (Object) 7);
    topics.append(ZERO, "/c", "1");
    Worker worker = worker();
    worker.reportTo((record, why) -> {
      reported.add(why);
      return CompletableFuture.completedFuture(null);
    });
    worker.assign(ZERO);
    worker.pollAll();
    assertThat(reported).hasSize(1);
    assertThat(List.of(value("/a"), value("/b"), value("/c"))).containsExactly("1", "-", "1");
    assertThat(storedOffset(ZERO)).isEqualTo(3);
  }

  @Test
  void recordsThatATransformLeavesOutMoveTheOffset() {
    topics.append(ZERO, "/a", "1");
    topics.appendLeftOut(ZERO);
    topics.appendLeftOut(ZERO);
    Worker worker = worker();
    worker.assign(ZERO);
    worker.pollAll();
    worker.commit();
    assertThat(storedOffset(ZERO)).isEqualTo(3);
    assertThat(topics.committed(ZERO)).isEqualTo(3);
  }

  @Test
  void keysOutsideThePrefixesAreLeftOut() {
    topics.append(ZERO, "/app/x", "1");
    topics.append(ZERO, "/else", "1");
    Worker worker = worker(Map.of(SinkConfig.PREFIXES, "/app/=/copy/"));
    worker.assign(ZERO);
    worker.pollAll();
    assertThat(List.of(value("/copy/x"), value("/app/x"), value("/else")))
        .containsExactly("1", "-", "-");
    assertThat(storedOffset(ZERO)).isEqualTo(2);
  }

  @Test
  void otherPrefixesThanThoseOfTheStoredOffsetAreRefused() {
    Worker first = worker(Map.of(SinkConfig.PREFIXES, "/app/"));
    first.assign(ZERO);
    first.close();
    Worker second = worker(Map.of(SinkConfig.PREFIXES, "/app/=/copy/"));
    assertThatThrownBy(() -> second.assign(ZERO))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("t-0 was written under other key prefixes: '/app/=/app/'")
        .hasMessageContaining("reset the connector's offsets");
    second.kill();
  }

  @Test
  void topicThatWasMadeAnewEndsTheTask() {
    topics.append(ZERO, "/a", "1");
    topics.append(ZERO, "/a", "2");
    Worker first = worker();
    first.assign(ZERO);
    first.pollAll();
    first.close();
    topics.clear(ZERO);
    topics.append(ZERO, "/a", "3");
    Worker second = worker();
    second.assign(ZERO);
    assertThatThrownBy(second::poll)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("t-0 went back to offset 0, though etcd holds all before 2");
    assertThat(value("/a")).isEqualTo("2");
    second.kill();
  }
}
