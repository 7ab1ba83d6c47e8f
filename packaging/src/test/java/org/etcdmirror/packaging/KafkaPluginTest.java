package org.etcdmirror.packaging;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program of the tarball with the built plug-in of Kafka, on a real broker. */
@KafkaTest
@EtcdTest(v2 = false)
@Timeout(600)
class KafkaPluginTest {

  private static final String PREFIX = "/app/";
  private static final int SOMETHING_DIFFERS = 3;

  private static Tarball tarball;
  private static Path plugins;

  private final Path directory;
  private final EtcdServer server;
  private final V3Http etcd;
  private final String topic = SharedBroker.freshName();

  KafkaPluginTest(@TempDir Path directory, EtcdServer server) {
    this.directory = directory;
    this.server = server;
    this.etcd = new V3Http(server.clientUrl());
  }

  @BeforeAll
  static void unpack(@TempDir Path shared) throws IOException {
    tarball = Tarball.unpackedIn(shared.resolve("program"));
    Path jar = Path.of(System.getProperty("packaging.kafka.plugin"));
    plugins = Files.createDirectory(shared.resolve("plugins"));
    Files.copy(jar, plugins.resolve(jar.getFileName()));
  }

  private Command command(String verb, String... more) {
    List<Object> line = new ArrayList<>();
    line.addAll(List.of(tarball.launcher(), verb, "--plugins", plugins, "--prefix", PREFIX));
    line.addAll(List.of("--source", "v3:" + server.clientUrl(), "--link", topic));
    line.addAll(List.of("--sink", "kafka:" + SharedBroker.broker().address() + "/" + topic));
    line.addAll(List.of(more));
    return Command.of(line);
  }

  /** What a consumer that reads the topic from its beginning holds in the end. */
  private SortedMap<Bytes, Bytes> inTopic() {
    SortedMap<Bytes, Bytes> state = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : TopicRecords.committed(topic)) {
      if (record.value() == null) {
        state.remove(Bytes.of(record.key()));
      } else {
        state.put(Bytes.of(record.key()), Bytes.of(record.value()));
      }
    }
    return state;
  }

  @Test
  void onceCopiesAndVerifyAgreesUntilSomethingChanges() {
    etcd.put(PREFIX + "a", "1");
    etcd.put(PREFIX + "b", "1");
    etcd.put("/foreign", "1");
    command("once").run().requireSuccess();
    assertThat(inTopic()).isEqualTo(etcd.values(PREFIX)).hasSize(2);
    command("verify").run().requireSuccess();
    etcd.delete(PREFIX + "a");
    assertThat(command("verify").run().code()).isEqualTo(SOMETHING_DIFFERS);
    command("once").run().requireSuccess();
    assertThat(inTopic()).isEqualTo(etcd.values(PREFIX)).hasSize(1);
  }

  @Test
  void runFollowsTheSourceAndGoesOnAfterAStop() throws Exception {
    etcd.put(PREFIX + "a", "1");
    Path log = directory.resolve("log");
    runWhile(log, () -> etcd.put(PREFIX + "a", "2"));
    etcd.put(PREFIX + "b", "1");
    runWhile(log, () -> etcd.delete(PREFIX + "a"));
    assertThat(TopicRecords.committed(topic))
        .extracting(record -> TopicRecords.keyOf(record) + "=" + TopicRecords.valueOf(record))
        .containsExactly("/app/a=1", "/app/a=2", "/app/b=1", "/app/a=-");
  }

  /** Starts it, changes something when it is level, waits for the change, and ends it in order. */
  private void runWhile(Path log, Runnable change) throws Exception {
    Process process = command("run", "--http", "none").start(directory.resolve("out"), log);
    try {
      awaitLevel(process, log);
      change.run();
      awaitLevel(process, log);
      process.destroy();
      assertThat(process.waitFor(PATIENCE.toSeconds(), SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private void awaitLevel(Process process, Path log) throws IOException {
    await()
        .atMost(PATIENCE)
        .until(() -> !process.isAlive() || (isTopic() && inTopic().equals(etcd.values(PREFIX))));
    assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
  }

  private boolean isTopic() throws Exception {
    try (var admin = TopicRecords.admin(SharedBroker.broker())) {
      return admin.listTopics().names().get().contains(topic);
    }
  }
}
