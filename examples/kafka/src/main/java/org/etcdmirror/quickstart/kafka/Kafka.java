package org.etcdmirror.quickstart.kafka;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;
import org.etcdmirror.testkit.etcd.Ports;

/**
 * A broker with all its data in one directory, and a worker of Kafka Connect that is started when
 * it is wanted.
 */
final class Kafka implements AutoCloseable {

  static final String TOPIC = "conftool";

  private final Path libs;
  private final Path directory;
  private final int port = Ports.free();
  private final KafkaProgram broker;

  private Kafka(Path libs, Path directory) throws IOException, InterruptedException {
    this.libs = libs;
    this.directory = directory;
    String settings = write("server.properties", serverSettings());
    try (KafkaProgram format =
        start(
            "formatter",
            "kafka.tools.StorageTool",
            "format",
            "--cluster-id",
            clusterId(),
            "--config",
            settings)) {
      format.awaitEnd();
    }
    broker = start("broker", "kafka.Kafka", settings);
    try {
      broker.awaitPort(port);
    } catch (RuntimeException | InterruptedException e) {
      broker.close();
      throw e;
    }
  }

  /**
   * Starts a broker.
   *
   * @param libs the directory with the jars of Kafka
   * @param directory an empty directory for its data, its settings and all logs
   */
  static Kafka start(Path libs, Path directory) throws IOException, InterruptedException {
    return new Kafka(libs, directory);
  }

  /** Where clients connect to. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /** A worker that writes the topic to an etcd, with the connector in the directory of plug-ins. */
  KafkaProgram startWorker(Path plugins, URI etcd) throws IOException {
    String worker = write("worker.properties", workerSettings(plugins));
    String connector =
        write(
            "connector.properties",
            """
            name=to-etcd
            connector.class=org.etcdmirror.kafka.connect.sink.EtcdSinkConnector
            topics=%s
            etcd.address=v3:%s
            """
                .formatted(TOPIC, etcd));
    return start("worker", "org.apache.kafka.connect.cli.ConnectStandalone", worker, connector);
  }

  private KafkaProgram start(String name, String... mainAndArguments) throws IOException {
    return KafkaProgram.start(name, libs, directory, mainAndArguments);
  }

  private String write(String name, String settings) throws IOException {
    return Files.writeString(directory.resolve(name), settings).toString();
  }

  /** An id of the form that Kafka wants: the 16 bytes of a UUID in 22 characters. */
  private static String clusterId() {
    UUID id = UUID.randomUUID();
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    // The first character may be no hyphen, which would begin an option.
    bytes
        .putLong(id.getMostSignificantBits() & Long.MAX_VALUE)
        .putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  private String serverSettings() {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@127.0.0.1:%2$d
    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
    controller.listener.names=CONTROLLER
    inter.broker.listener.name=PLAINTEXT
    listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
    log.dirs=%3$s
    offsets.topic.num.partitions=1
    offsets.topic.replication.factor=1
    transaction.state.log.num.partitions=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    group.initial.rebalance.delay.ms=0
    log.cleaner.dedupe.buffer.size=2097152
    log.cleaner.threads=1
    auto.create.topics.enable=false
    """
        .formatted(port, Ports.free(), directory.resolve("data"));
  }

  private String workerSettings(Path plugins) {
    return """
    bootstrap.servers=%s
    listeners=http://127.0.0.1:%d
    key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
    value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
    offset.storage.file.filename=%s
    consumer.isolation.level=read_committed
    consumer.session.timeout.ms=6000
    plugin.discovery=service_load
    plugin.path=%s
    """
        .formatted(address(), Ports.free(), directory.resolve("offsets"), plugins);
  }

  @Override
  public void close() {
    broker.close();
  }
}
