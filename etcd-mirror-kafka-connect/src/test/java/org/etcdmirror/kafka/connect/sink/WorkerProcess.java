package org.etcdmirror.kafka.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.etcdmirror.kafka.broker.KafkaBroker;
import org.etcdmirror.testkit.etcd.Ports;
import org.etcdmirror.testkit.etcd.Signals;

/** A distributed worker of Kafka Connect as a process. Workers with one group share the work. */
final class WorkerProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = Ports.free();
  private final Path directory;
  private final Path settings;
  private Process process;

  private WorkerProcess(Path directory, Path settings) {
    this.directory = directory;
    this.settings = settings;
  }

  /** Starts a worker, and waits until it answers. */
  static WorkerProcess start(KafkaBroker broker, Path plugins, String group) throws IOException {
    Path directory = Files.createTempDirectory("connect-worker-");
    WorkerProcess worker = new WorkerProcess(directory, directory.resolve("worker.properties"));
    Runtime.getRuntime().addShutdownHook(new Thread(worker::kill, "connect-worker-reaper"));
    Files.writeString(worker.settings, worker.text(broker, plugins, group));
    worker.run();
    worker.awaitAnswer();
    return worker;
  }

  private String text(KafkaBroker broker, Path plugins, String group) {
    return """
    bootstrap.servers=%1$s
    group.id=%2$s
    listeners=http://127.0.0.1:%3$d
    key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
    value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
    offset.storage.topic=%2$s-offsets
    offset.storage.replication.factor=1
    offset.storage.partitions=1
    config.storage.topic=%2$s-configs
    config.storage.replication.factor=1
    status.storage.topic=%2$s-status
    status.storage.replication.factor=1
    status.storage.partitions=1
    offset.flush.interval.ms=1000
    session.timeout.ms=6000
    heartbeat.interval.ms=1000
    consumer.session.timeout.ms=6000
    consumer.heartbeat.interval.ms=1000
    plugin.discovery=service_load
    scheduled.rebalance.max.delay.ms=0
    plugin.path=%4$s
    """
        .formatted(broker.address(), group, port, plugins);
  }

  /** Starts it again after it was killed. */
  void run() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getenv("KAFKA_LIBS") + "/*",
                "org.apache.kafka.connect.cli.ConnectDistributed",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
  }

  /** Waits until its REST interface answers. */
  void awaitAnswer() {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          assertThat(process.isAlive()).as(this::toString).isTrue();
          try {
            return ask("GET", "/connectors", null).statusCode() == 200;
          } catch (IOException notYet) {
            return false;
          }
        });
  }

  private HttpResponse<String> ask(String method, String path, String body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .timeout(PATIENCE)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Creates a connector, or gives it other settings. */
  void put(String connector, Map<String, String> settings) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        ask(
                                "PUT",
                                "/connectors/" + connector + "/config",
                                JSON.writeValueAsString(settings))
                            .statusCode())
                    .isBetween(200, 201));
  }

  /** Stops all its threads (SIGSTOP). */
  void freeze() {
    Signals.suspend(process);
  }

  /** Ends {@link #freeze}. */
  void thaw() {
    Signals.resume(process);
  }

  /** Kills it (SIGKILL) and waits. */
  void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
    }
  }

  /** The end of its log. */
  @Override
  public String toString() {
    try {
      String log = Files.readString(directory.resolve("log"));
      return log.substring(Math.max(0, log.length() - 4_000));
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
