package org.etcdmirror.kafka.connect.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.etcdmirror.kafka.connect.worker.ConnectWorker;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connector in a worker that is alone and keeps its offsets in a file. */
@KafkaTest
@EtcdTest(v2 = false)
@Timeout(900)
class StandaloneWorkerTest {

  private final String name = SharedBroker.freshName();
  private final V3Http writer;
  private final Map<String, String> settings;

  StandaloneWorkerTest(EtcdServer etcd) {
    this.writer = new V3Http(etcd.clientUrl());
    this.settings =
        Settings.of(etcd.clientUrl())
            .without("exactly.once.support")
            .with("topic", name)
            .with("tasks.max", "1")
            .with("deletes.after.gap", "read")
            .with("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter")
            .with("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter")
            .with("reader.bootstrap.servers", SharedBroker.broker().address())
            .with("topic.creation.default.replication.factor", "1")
            .with("topic.creation.default.partitions", "1")
            .with("topic.creation.default.cleanup.policy", "compact")
            .with("topic.creation.default.max.message.bytes", "2097152")
            .map();
  }

  private static Map<String, String> state(String topic) {
    Map<String, String> state = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : TopicRecords.committed(topic)) {
      state.put(TopicRecords.keyOf(record), TopicRecords.valueOf(record));
    }
    return state;
  }

  private boolean isStoredThrough(ConnectWorker worker, long index) throws IOException {
    JsonNode offset = worker.offset(name, name);
    return offset != null
        && offset.path("level").asBoolean()
        && offset.path("index").asLong() >= index;
  }

  @Test
  void aWorkerThatIsAloneGoesOnFromItsFileAfterItWasKilled() throws Exception {
    writer.put("/app/a", "1");
    long copied = writer.put("/app/b", "2");
    try (ConnectWorker worker = ConnectWorker.standalone(SharedBroker.broker(), name, settings)) {
      await().atMost(Patience.PATIENCE).until(() -> isStoredThrough(worker, copied));
      worker.kill();
      writer.put("/app/c", "3");
      long last = writer.delete("/app/a");
      worker.run();
      await().atMost(Patience.PATIENCE).until(() -> isStoredThrough(worker, last));
      assertThat(state(name))
          .containsExactlyInAnyOrderEntriesOf(Map.of("/app/a", "-", "/app/b", "2", "/app/c", "3"));
      // The offset was found: what was copied is not copied again.
      assertThat(TopicRecords.committed(name))
          .extracting(TopicRecords::keyOf)
          .filteredOn("/app/b"::equals)
          .hasSize(1);
    }
  }
}
