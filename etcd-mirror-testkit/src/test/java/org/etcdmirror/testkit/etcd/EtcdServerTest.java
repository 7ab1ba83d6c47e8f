package org.etcdmirror.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EtcdServerTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @ParameterizedTest
  @MethodSource("org.etcdmirror.testkit.etcd.EtcdBinary#all")
  void everyInstalledEtcdStarts(EtcdBinary etcd) throws IOException {
    try (EtcdServer server = EtcdServer.builder().binary(etcd).start()) {
      assertThat(version(server)).contains("\"etcdserver\":\"" + etcd.version() + "\"");
      assertThat(server.version()).isEqualTo(etcd.version());
    }
  }

  @Test
  void closedServerLeavesNoProcessAndNoFile() {
    EtcdServer server = EtcdServer.start();
    long pid = pidOf(server);
    Path directory = server.log().getParent();
    assertThat(ProcessHandle.of(pid)).isPresent();
    assertThat(directory).exists();

    server.close();
    server.close();

    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(directory).doesNotExist();
    assertThatThrownBy(() -> version(server)).isInstanceOf(ConnectException.class);
    assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void serverKeepsDataAndPortAfterStopKillAndRestart() throws IOException {
    try (EtcdServer server = EtcdServer.start()) {
      URI url = server.clientUrl();
      write(server, "kept");

      server.stop();
      assertThatThrownBy(() -> version(server)).isInstanceOf(ConnectException.class);
      server.restart();
      assertThat(read(server)).contains("kept");

      server.kill();
      assertThatThrownBy(() -> version(server)).isInstanceOf(ConnectException.class);
      server.restart();
      assertThat(read(server)).contains("kept");
      assertThat(server.clientUrl()).isEqualTo(url);
    }
  }

  @Test
  void restartReplacesRunningServer() throws IOException {
    try (EtcdServer server = EtcdServer.start()) {
      write(server, "kept");
      long before = pidOf(server);
      server.restart();
      assertThat(pidOf(server)).isNotEqualTo(before);
      assertThat(read(server)).contains("kept");
    }
  }

  @Test
  void suspendedServerDoesNotAnswer() throws IOException {
    try (EtcdServer server = EtcdServer.start()) {
      server.suspend();
      assertThatThrownBy(() -> version(server)).isInstanceOf(SocketTimeoutException.class);
      server.resume();
      assertThat(version(server)).contains(server.version());
    }
  }

  @Test
  void closeEndsSuspendedServerWhenCallerIsInterrupted() {
    EtcdServer server = EtcdServer.start();
    long pid = pidOf(server);
    server.suspend();
    Thread.currentThread().interrupt();
    server.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void wipeCreatesEmptyClusterOnSamePort() throws IOException {
    try (EtcdServer server = EtcdServer.start()) {
      write(server, "gone");
      String before = clusterId(server);

      server.wipeKeepingClusterId();
      assertThat(read(server)).contains("\"errorCode\":100");
      assertThat(clusterId(server)).isEqualTo(before);

      server.wipe();
      assertThat(read(server)).contains("\"errorCode\":100");
      assertThat(clusterId(server)).isNotEqualTo(before);
    }
  }

  @Test
  void serverWithoutV2ApiAnswersNotFound() throws IOException {
    try (EtcdServer server = EtcdServer.builder().enableV2(false).start()) {
      assertThat(read(server)).contains("404 page not found");
    }
  }

  @Test
  void extraFlagsArePassedToEtcd() throws IOException {
    try (EtcdServer server = EtcdServer.builder().extraFlags("--snapshot-count=50").start()) {
      assertThat(Files.readString(server.log())).containsPattern("snapshot.count\\D+50\\b");
    }
  }

  @Test
  void startFailureContainsOutputOfEtcd() {
    EtcdServerBuilder builder = EtcdServer.builder().extraFlags("--no-such-flag");
    assertThatThrownBy(builder::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no-such-flag");
  }

  private static long pidOf(EtcdServer server) {
    String data = server.log().resolveSibling("data").toString();
    return ProcessHandle.current()
        .children()
        .filter(child -> String.join(" ", child.info().arguments().orElseThrow()).contains(data))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  private static String version(EtcdServer server) throws IOException {
    return get(server, "/version");
  }

  private static String read(EtcdServer server) throws IOException {
    return get(server, "/v2/keys/key");
  }

  private static String clusterId(EtcdServer server) throws IOException {
    return Http.request(
            "POST",
            server.clientUrl().resolve("/v3/cluster/member/list"),
            "{}",
            "application/json",
            SECOND)
        .body()
        .replaceAll(".*\"cluster_id\":\"(\\d+)\".*", "$1");
  }

  private static void write(EtcdServer server, String value) throws IOException {
    Http.Answer answer =
        Http.request(
            "PUT",
            server.clientUrl().resolve("/v2/keys/key"),
            "value=" + value,
            "application/x-www-form-urlencoded",
            SECOND);
    assertThat(answer.status()).isEqualTo(201);
  }

  private static String get(EtcdServer server, String path) throws IOException {
    return Http.request("GET", server.clientUrl().resolve(path), null, "", SECOND).body();
  }
}
