package org.etcdmirror.kafka.connect.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.etcdmirror.kafka.broker.KafkaBroker;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.Ports;
import org.etcdmirror.testkit.etcd.Signals;

/**
 * A real worker of Kafka Connect as a process of its own. The jars of Kafka are in the directory
 * that {@code KAFKA_LIBS} names. What it stores is in topics of its own or, in standalone mode, in
 * a file, so that a worker that is started again goes on.
 */
public final class ConnectWorker implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OK = 200;
  private static final int FIRST_ERROR = 400;
  private static final int NOT_FOUND = 404;

  /** While members of the group come and go, or what was stored is read. */
  private static final Set<Integer> BUSY = Set.of(409, 500, 503);

  /** The worker gives up a request after 90 s, and says then where it waits. */
  private static final Duration REQUEST = Duration.ofSeconds(100);

  private final KafkaBroker broker;
  private final Path directory;

  /** The worker's program and what it is given. */
  private final List<String> program = new ArrayList<>();

  private final int port = Ports.free();
  private final HttpClient client = HttpClient.newHttpClient();
  private Process process;
  private volatile String lastOffsets = "not asked";

  private ConnectWorker(KafkaBroker broker, Path directory) {
    this.broker = broker;
    this.directory = directory;
  }

  /**
   * Starts a worker in a group, which all others with this name are in, and waits until it answers.
   */
  public static ConnectWorker start(KafkaBroker broker, String group) throws IOException {
    return start(broker, worker -> worker.distributed(group));
  }

  /** Starts a worker of its own with one connector, and waits until it answers. */
  public static ConnectWorker standalone(
      KafkaBroker broker, String connector, Map<String, String> settings) throws IOException {
    return start(broker, worker -> worker.standalone(connector, settings));
  }

  private interface Mode {
    void prepare(ConnectWorker worker) throws IOException;
  }

  private static ConnectWorker start(KafkaBroker broker, Mode mode) throws IOException {
    ConnectWorker worker = new ConnectWorker(broker, Files.createTempDirectory("connect-worker-"));
    Runtime.getRuntime().addShutdownHook(new Thread(worker::kill, "connect-worker-reaper"));
    try {
      PluginDirectory.fill(worker.directory.resolve("plugins/etcd-mirror"));
      mode.prepare(worker);
      worker.run();
      return worker;
    } catch (IOException | RuntimeException | Error e) {
      worker.close();
      throw e;
    }
  }

  private void distributed(String group) throws IOException {
    program.add("org.apache.kafka.connect.cli.ConnectDistributed");
    program.add(write("worker.properties", settings() + settingsOf(group)));
  }

  private void standalone(String connector, Map<String, String> settings) throws IOException {
    program.add("org.apache.kafka.connect.cli.ConnectStandalone");
    String file = "offset.storage.file.filename=%s%n".formatted(directory.resolve("offsets"));
    program.add(write("worker.properties", settings() + file));
    Map<String, String> named = new HashMap<>(settings);
    named.put("name", connector);
    program.add(write("connector.json", json(named)));
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  /** Starts it again, and waits until it answers. */
  public void run() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx320m"));
    command.addAll(List.of("-cp", System.getenv("KAFKA_LIBS") + "/*"));
    command.addAll(program);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
    Awaitility.await("the worker answers")
        .atMost(Patience.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(this::answers);
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the worker has ended: " + log());
    }
    try {
      return send("GET", "/connectors", null).statusCode() == OK;
    } catch (IOException e) {
      return false;
    }
  }

  private String settings() {
    return """
    bootstrap.servers=%s
    listeners=http://127.0.0.1:%d
    key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
    value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
    offset.flush.interval.ms=1000
    plugin.discovery=service_load
    plugin.path=%s
    """
        .formatted(broker.address(), port, directory.resolve("plugins"));
  }

  private static String settingsOf(String group) {
    return """
    group.id=%1$s
    offset.storage.topic=%1$s-offsets
    offset.storage.replication.factor=1
    offset.storage.partitions=1
    config.storage.topic=%1$s-configs
    config.storage.replication.factor=1
    status.storage.topic=%1$s-status
    status.storage.replication.factor=1
    status.storage.partitions=1
    exactly.once.source.support=enabled
    scheduled.rebalance.max.delay.ms=0
    session.timeout.ms=6000
    heartbeat.interval.ms=2000
    """
        .formatted(group);
  }

  /** Makes a connector, or gives it other settings. */
  public void put(String connector, Map<String, String> settings) throws IOException {
    JsonNode unused = call("PUT", "/connectors/%s/config".formatted(connector), json(settings));
  }

  /** The answer of a check of settings. */
  public JsonNode validate(String plugin, Map<String, String> settings) throws IOException {
    return call("PUT", "/connector-plugins/%s/config/validate".formatted(plugin), json(settings));
  }

  /** The states of the connector's tasks, and why those that have failed did. */
  public String tasks(String connector) throws IOException {
    HttpResponse<String> answer = send("GET", "/connectors/%s/status".formatted(connector), null);
    return answer.statusCode() == OK ? JSON.readTree(answer.body()).path("tasks").toString() : "";
  }

  /** The stored offset of the connector's link; null if there is none, or it is not known now. */
  public JsonNode offset(String connector, String link) throws IOException {
    HttpResponse<String> answer;
    try {
      answer = send("GET", "/connectors/%s/offsets".formatted(connector), null);
    } catch (HttpTimeoutException e) {
      // A transaction of a worker that was killed hides what comes behind it, until it is aborted.
      lastOffsets = "no answer in " + REQUEST;
      return null;
    }
    lastOffsets = answer.statusCode() + " " + answer.body();
    if (answer.statusCode() != OK) {
      return null;
    }
    for (JsonNode one : JSON.readTree(answer.body()).path("offsets")) {
      if (one.path("partition").path("link").asText().equals(link)) {
        return one.path("offset");
      }
    }
    return null;
  }

  /** What the worker answered to the last question for offsets. */
  public String lastOffsets() {
    return lastOffsets;
  }

  /** Copies all that it wrote to a file, with what each of its threads does now. */
  public void keepLog(Path file) throws IOException {
    Path log = directory.resolve("log");
    if (process.isAlive()) {
      Signals.dumpThreads(process);
      Awaitility.await("the threads of the worker")
          .atMost(Patience.PATIENCE)
          .until(() -> Files.readString(log).contains("JNI global refs"));
    }
    Files.copy(log, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Ends a connector, if there is one of this name. */
  public void remove(String connector) throws IOException {
    String path = "/connectors/" + connector;
    if (send("GET", path, null).statusCode() != NOT_FOUND) {
      send("DELETE", path);
    }
  }

  /** Sends a request that has no body of its own, such as a stop. */
  public void send(String method, String path) throws IOException {
    JsonNode unused = call(method, path, "");
  }

  /** Sends a request with a body, again while the worker is busy with others. */
  public JsonNode call(String method, String path, String body) throws IOException {
    HttpResponse<String> answer =
        Awaitility.await("the worker takes %s %s".formatted(method, path))
            .atMost(Patience.PATIENCE)
            .until(() -> send(method, path, body), one -> !BUSY.contains(one.statusCode()));
    if (answer.statusCode() >= FIRST_ERROR) {
      throw new IOException("%s %s: %s".formatted(method, path, answer.body()));
    }
    return JSON.readTree(answer.body().isEmpty() ? "null" : answer.body());
  }

  private HttpResponse<String> send(String method, String path, String body) throws IOException {
    HttpRequest.BodyPublisher content =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(REQUEST)
            .header("Content-Type", "application/json")
            .method(method, content)
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String json(Map<String, String> settings) throws IOException {
    return JSON.writeValueAsString(settings);
  }

  /** Stops all its threads (SIGSTOP). */
  public void freeze() {
    Signals.suspend(process);
  }

  /** Ends {@link #freeze}. */
  public void thaw() {
    Signals.resume(process);
  }

  /** Kills it (SIGKILL). */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
    }
  }

  /** The last lines that it wrote. */
  public String log() {
    try {
      String text = Files.readString(directory.resolve("log"));
      return text.substring(Math.max(0, text.length() - 4_000));
    } catch (IOException e) {
      return "no log";
    }
  }

  /** Kills it and removes its files. */
  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
