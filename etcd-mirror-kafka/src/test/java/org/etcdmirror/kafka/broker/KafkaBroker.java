package org.etcdmirror.kafka.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.Ports;

/**
 * A real broker that is its own controller, as a process on free ports of this machine. The jars of
 * Kafka's server are in the directory that {@code KAFKA_LIBS} names.
 *
 * <p>It has a second listener, whose clients are told to connect to {@link #proxyPort}. So a proxy
 * that listens there sees all that they send.
 */
public final class KafkaBroker implements AutoCloseable {

  private static final String LIBS = "KAFKA_LIBS";

  private final Path directory;
  private final int port = Ports.free();
  private final int controllerPort = Ports.free();
  private final int behindProxyPort = Ports.free();

  /** Bound for the life of the broker: between two proxies, another process could take its port. */
  private final ServerSocket proxyListener = listener();

  private Process process;

  private KafkaBroker(Path directory) {
    this.directory = directory;
  }

  /** Starts a broker without topics. */
  public static KafkaBroker start() throws IOException, InterruptedException {
    KafkaBroker broker = new KafkaBroker(Files.createTempDirectory("kafka-broker-"));
    Runtime.getRuntime().addShutdownHook(new Thread(broker::kill, "kafka-broker-reaper"));
    try {
      Files.writeString(broker.settings(), broker.settingsText());
      broker.format();
      broker.run();
      return broker;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      broker.close();
      throw e;
    }
  }

  /** Where clients connect to. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Where a proxy has to listen. */
  public int proxyPort() {
    return proxyListener.getLocalPort();
  }

  /** Where a proxy accepts connections. */
  ServerSocket proxyListener() {
    return proxyListener;
  }

  private static ServerSocket listener() {
    try {
      return new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a proxy has to connect to. */
  public int behindProxyPort() {
    return behindProxyPort;
  }

  /** Kills it (SIGKILL). */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
    }
  }

  /** Starts it again on its data, and waits until it answers. */
  public void run() throws IOException, InterruptedException {
    List<String> command = command("-Xmx320m", "kafka.Kafka", settings().toString());
    process = builder(command).start();
    awaitAnswer();
  }

  private void format() throws IOException, InterruptedException {
    Process format =
        builder(
                command(
                    "-Xmx128m",
                    "kafka.tools.StorageTool",
                    "format",
                    "--cluster-id",
                    Uuid.randomUuid().toString(),
                    "--config",
                    settings().toString()))
            .start();
    if (!format.waitFor(Patience.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        || format.exitValue() != 0) {
      format.destroyForcibly();
      throw new IllegalStateException("cannot format the broker's directory: " + log());
    }
  }

  private void awaitAnswer() throws InterruptedException {
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                address(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) Patience.PATIENCE.toMillis()))) {
      admin.describeCluster().nodes().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker does not answer: " + log(), e);
    }
  }

  private ProcessBuilder builder(List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()));
  }

  private static List<String> command(String heap, String... mainAndArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", heap));
    command.addAll(List.of("-cp", libs() + "/*"));
    command.addAll(List.of(mainAndArguments));
    return command;
  }

  private static String libs() {
    String libs = System.getenv(LIBS);
    if (libs == null || !Files.isDirectory(Path.of(libs))) {
      throw new IllegalStateException(
          "%s names no directory with the jars of Kafka's server: '%s'; scripts/install-kafka.sh makes one"
              .formatted(LIBS, libs));
    }
    return libs;
  }

  private Path settings() {
    return directory.resolve("server.properties");
  }

  private String settingsText() {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@127.0.0.1:%2$d
    listeners=PLAINTEXT://127.0.0.1:%1$d,PROXIED://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d,PROXIED://127.0.0.1:%4$d
    controller.listener.names=CONTROLLER
    inter.broker.listener.name=PLAINTEXT
    listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
    log.dirs=%5$s
    num.network.threads=1
    num.io.threads=2
    background.threads=2
    num.partitions=1
    num.recovery.threads.per.data.dir=1
    offsets.topic.num.partitions=1
    offsets.topic.replication.factor=1
    transaction.state.log.num.partitions=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    share.coordinator.state.topic.num.partitions=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    group.initial.rebalance.delay.ms=0
    log.cleaner.dedupe.buffer.size=2097152
    log.cleaner.threads=1
    auto.create.topics.enable=false
    """
        .formatted(port, controllerPort, behindProxyPort, proxyPort(), directory.resolve("data"));
  }

  /** Copies all that it wrote to a file. */
  public void keepLog(Path file) throws IOException {
    Files.copy(directory.resolve("log"), file, StandardCopyOption.REPLACE_EXISTING);
  }

  private String log() {
    try {
      String text = Files.readString(directory.resolve("log"));
      return text.substring(Math.max(0, text.length() - 2_000));
    } catch (IOException e) {
      return "no log";
    }
  }

  /** Kills it and removes its data. */
  @Override
  public void close() {
    kill();
    try {
      proxyListener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
