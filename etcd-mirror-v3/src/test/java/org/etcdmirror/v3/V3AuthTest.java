package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Users with no more rights than they need, whose tokens live for two seconds. */
@Tag("long")
@Timeout(600)
class V3AuthTest {

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path directory;

  private Path password;

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  @BeforeEach
  void writePassword() throws Exception {
    password = Files.writeString(directory.resolve("password"), "secret\n");
  }

  private Access user(String name) {
    return new Access(name, password, null, null, null);
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void mirrorWithMinimalRightsContinuesAfterTokensExpire(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds =
        V3Mirroring.start(binary, server -> server.extraFlags("--auth-token-ttl=2"))) {
      URI source = etcds.sourceUrls.get(0);
      role(source, "reader", "read", "/conf/");
      role(source, "load", "readwrite", "/conf/");
      enableAuth(source);
      URI sink = etcds.sinkUrls.get(0);
      role(sink, "writer", "readwrite", "/conf/");
      etcdctl(sink, "role", "grant-permission", "writer", "readwrite", V3Mirroring.CHECKPOINT);
      enableAuth(sink);

      as(source, "load", "put", "/conf/a", "1");
      try (EtcdMirror mirror = etcds.mirror(user("reader"), user("writer"), builder -> builder)) {
        mirror.start();
        awaitValue(mirror, sink, "/conf/a", "1");
        for (int round = 2; round < 4; round++) {
          await().pollDelay(Duration.ofSeconds(5)).atMost(PATIENCE).until(() -> true);
          as(source, "load", "put", "/conf/a", Integer.toString(round));
          awaitValue(mirror, sink, "/conf/a", Integer.toString(round));
        }
        as(source, "load", "del", "/conf/a");
        awaitValue(mirror, sink, "/conf/a", "");
        assertThat(mirror.status().counters().gaps()).isZero();
      }
    }
  }

  private static void awaitValue(EtcdMirror mirror, URI sink, String key, String value) {
    V3Mirroring.eventually(
        key + " is '" + value + "'",
        () ->
            assertThat(as(sink, "writer", "get", "--print-value-only", key).strip())
                .as(mirror.status().toString())
                .isEqualTo(value));
  }

  private static void role(URI etcd, String name, String right, String prefix) throws Exception {
    etcdctl(etcd, "user", "add", name + ":secret");
    etcdctl(etcd, "role", "add", name);
    etcdctl(etcd, "role", "grant-permission", name, "--prefix=true", right, prefix);
    etcdctl(etcd, "user", "grant-role", name, name);
  }

  private static void enableAuth(URI etcd) throws Exception {
    etcdctl(etcd, "user", "add", "root:secret");
    etcdctl(etcd, "user", "grant-role", "root", "root");
    etcdctl(etcd, "auth", "enable");
  }

  private static String as(URI etcd, String user, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("--user=" + user + ":secret"));
    all.addAll(List.of(arguments));
    return etcdctl(etcd, all.toArray(String[]::new));
  }

  private static String etcdctl(URI etcd, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints=" + etcd));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("ETCDCTL_API", "3");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
