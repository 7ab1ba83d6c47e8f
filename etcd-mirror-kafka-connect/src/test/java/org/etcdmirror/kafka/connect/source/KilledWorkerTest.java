package org.etcdmirror.kafka.connect.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.etcdmirror.kafka.connect.worker.ConnectWorker;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker dies again and again while etcd is written to. */
@KafkaTest
@EtcdTest(v2 = false)
@Timeout(1_800)
class KilledWorkerTest {

  private static final int TRANSACTIONS = 1_500;
  private static final int OPERATIONS = 10;
  private static final int KEYS = 300;
  private static final int KILLS = 3;

  private final String name = SharedBroker.freshName();
  private final long seed = new Random().nextLong();
  private final AtomicInteger done = new AtomicInteger();

  @Test
  void noChangeIsLostOrInTheTopicTwiceAndNoneGoesBack(EtcdServer etcd) throws Exception {
    System.out.println("seed " + seed);
    V3Http writer = new V3Http(etcd.clientUrl());
    try (ConnectWorker worker = ConnectWorker.start(SharedBroker.broker(), name + "-group")) {
      worker.put(
          name,
          Settings.of(etcd.clientUrl())
              .with("name", name)
              .with("topic", name)
              .with("tasks.max", "1")
              .with("topic.creation.default.replication.factor", "1")
              .with("topic.creation.default.partitions", "1")
              .with("topic.creation.default.max.message.bytes", "2097152")
              .map());
      await().atMost(Patience.PATIENCE).until(() -> level(worker) > 0);
      FutureTask<Void> load = load(writer);
      for (int i = 1; i <= KILLS; i++) {
        int atLeast = i * TRANSACTIONS / (KILLS + 2);
        await().atMost(Patience.PATIENCE).until(() -> done.get() >= atLeast || load.isDone());
        worker.kill();
        worker.run();
      }
      load.get(Patience.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      long last = writer.revision();
      await()
          .atMost(Patience.PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(() -> {
            assertThat(worker.tasks(name)).doesNotContain("FAILED");
            assertThat(level(worker)).isGreaterThanOrEqualTo(last);
          });
    }
    assertTopic(writer);
  }

  private long level(ConnectWorker worker) throws IOException {
    JsonNode offset = worker.offset(name, name);
    return offset == null || !offset.path("level").asBoolean() ? 0 : offset.path("index").asLong();
  }

  private FutureTask<Void> load(V3Http writer) {
    Random random = new Random(seed);
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          for (int i = 0; i < TRANSACTIONS; i++) {
            writer.commit(transaction(random, i));
            done.incrementAndGet();
          }
          return null;
        });
    Thread thread = new Thread(task, "load");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static List<Write> transaction(Random random, int number) {
    List<Write> writes = new ArrayList<>();
    Set<Integer> keys = new HashSet<>();
    while (keys.size() < OPERATIONS) {
      keys.add(random.nextInt(KEYS));
    }
    for (int one : keys) {
      Bytes key = Bytes.utf8("/app/" + one);
      writes.add(
          random.nextInt(4) == 0 ? Write.delete(key) : Write.put(key, Bytes.utf8("" + number)));
    }
    return writes;
  }

  private void assertTopic(V3Http writer) {
    Map<String, String> state = new TreeMap<>();
    Map<String, Long> last = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : TopicRecords.committed(name)) {
      String key = TopicRecords.keyOf(record);
      long index = Long.parseLong(TopicRecords.header(record, "etcd.index"));
      assertThat(index).as("seed %d, key %s", seed, key).isGreaterThan(last.getOrDefault(key, 0L));
      last.put(key, index);
      if (record.value() == null) {
        state.remove(key);
      } else {
        state.put(key, TopicRecords.valueOf(record));
      }
    }
    Map<String, String> source = new TreeMap<>();
    writer.values("/app/").forEach((key, value) -> source.put(key.utf8(), value.utf8()));
    assertThat(state).as("seed %d", seed).isEqualTo(source);
  }
}
