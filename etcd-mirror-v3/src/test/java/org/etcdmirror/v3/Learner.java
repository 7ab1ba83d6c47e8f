package org.etcdmirror.v3;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;

/** A real member that may not vote yet: it serves serializable reads and no streams. */
final class Learner implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final Process process;
  private final URI clientUrl;

  private Learner(Path directory, Process process, URI clientUrl) {
    this.directory = directory;
    this.process = process;
    this.clientUrl = clientUrl;
  }

  /** Adds one to the cluster of a single voter, and waits until it knows its leader. */
  static Learner of(EtcdServer voter) throws Exception {
    URI client = free();
    URI peer = free();
    JsonNode members = post(voter.clientUrl(), "/v3/cluster/member/list", "{}").get("members");
    post(
        voter.clientUrl(),
        "/v3/cluster/member/add",
        "{\"peerURLs\":[\"%s\"],\"isLearner\":true}".formatted(peer));
    String first =
        members.get(0).get("name").asText() + "=" + members.get(0).get("peerURLs").get(0).asText();
    Path directory = Files.createTempDirectory("etcd-learner-");
    File log = directory.resolve("log").toFile();
    Process process =
        new ProcessBuilder(
                EtcdBinary.find().orElseThrow().path().toString(),
                "--name=learner",
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=" + first + ",learner=" + peer,
                "--initial-cluster-state=existing",
                "--heartbeat-interval=20",
                "--election-timeout=200")
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    Learner learner = new Learner(directory, process, client);
    await("the learner knows its leader")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .until(() -> post(client, "/v3/maintenance/status", "{}").has("leader"));
    return learner;
  }

  private static URI free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private static JsonNode post(URI server, String path, String body) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(server.resolve(path))
                    .timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  URI clientUrl() {
    return clientUrl;
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly().waitFor();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
