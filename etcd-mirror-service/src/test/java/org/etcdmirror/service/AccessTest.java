package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service with servers that require credentials: users, passwords and certificates. */
@Timeout(900)
@EtcdTest
class AccessTest {

  private final Path directory;
  private TestCertificates certificates;
  private final EtcdServer open;
  private EtcdServer guarded;

  AccessTest(@TempDir Path directory, EtcdServer open) {
    this.open = open;
    this.directory = directory;
  }

  @BeforeEach
  void start() {
    certificates = TestCertificates.in(directory);
    guarded = EtcdServer.builder().tls(certificates).start();
  }

  @AfterEach
  void stop() {
    guarded.close();
  }

  private void guard(String api) {
    if (api.equals("v2")) {
      V2Http http = new V2Http(guarded.clientUrl());
      http.put("/conftool/a", "1");
      http.enableAuth("secret");
    } else {
      V3Http http = new V3Http(guarded.clientUrl());
      http.put("/conftool/a", "1");
      http.enableAuth("secret");
    }
  }

  private Path password(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), text + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  /** Exit code 1, and one line that names the side, its address and the user. */
  private static void assertRefused(Outcome outcome, String side, URI url, String who) {
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.lastLine())
        .startsWith("etcd-mirror: " + side + " http://")
        .contains(url.toString(), who)
        .doesNotContain("wrong-one");
  }

  @Test
  void wrongPasswordEndsTheProcessWithoutARetry() throws Exception {
    guard("v3");
    String source = "v3:" + guarded.clientUrl();
    try (ServiceProcess service =
        ServiceProcess.start(
            List.of(),
            "run",
            "--source",
            source,
            "--sink",
            "v2:" + open.clientUrl(),
            "--prefix",
            "/conftool/",
            "--http",
            "none",
            "--source-user",
            "root",
            "--source-password-file",
            password("wrong-one").toString())) {
      int exitCode = service.exitCode();
      String last = service.err().get(service.err().size() - 1);
      assertThat(service.err())
          .anyMatch(line -> line.contains("every user of this machine can read"))
          .anyMatch(line ->
              line.matches(".*\\[link=[^]]+] --source: .*crosses the network unencrypted.*"));
      assertRefused(new Outcome(exitCode, last), "source", guarded.clientUrl(), "user 'root'");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void wrongOrMissingCredentialsArePermanentFailuresOnBothSides(String api) throws Exception {
    guard(api);
    new V2Http(open.clientUrl()).put("/conftool/a", "1");
    String address = api + ":" + guarded.clientUrl();
    String other = "v2:" + open.clientUrl();
    Path wrong = password("wrong-one");
    for (String side : List.of("source", "sink")) {
      String source = side.equals("source") ? address : other;
      String sink = side.equals("sink") ? address : other;
      assertRefused(
          InProcess.once(
              source,
              sink,
              "/conftool/",
              "--" + side + "-user",
              "root",
              "--" + side + "-password-file",
              wrong),
          side,
          guarded.clientUrl(),
          "user 'root'");
      assertRefused(
          InProcess.once(source, sink, "/conftool/"),
          side,
          guarded.clientUrl(),
          "no user configured");
    }
  }

  @Test
  void v2RunsWithUsersOfLeastPrivilege() throws Exception {
    guard("v2");
    V2Http root = new V2Http(guarded.clientUrl()).as("root", "secret");
    root.role("reader", List.of("/conftool/*"), List.of());
    root.user("reader", "secret", "reader");
    // The grants for one link that the security documentation recommends.
    List<String> writable =
        List.of("/copy/*", "/__replication/copy", "/__replication/__meta__copy");
    root.role("writer", writable, writable);
    root.user("writer", "secret", "writer");
    String address = "v2:" + guarded.clientUrl();
    Path password = password("secret");

    assertThat(
            InProcess.once(
                address,
                address,
                "/conftool=/copy",
                "--source-user",
                "reader",
                "--source-password-file",
                password,
                "--sink-user",
                "writer",
                "--sink-password-file",
                password))
        .isEqualTo(Outcome.DONE);

    assertThat(root.tree("/copy")).containsEntry("/copy/a", "1");
  }

  @Test
  void v3RunsWithUsersOfLeastPrivilegeAndTls() throws Exception {
    V3Http root = new V3Http(guarded.clientUrl());
    root.put("/conftool/a", "1");
    root.role("reader");
    root.grantPrefix("reader", "READ", "/conftool/");
    root.user("reader", "secret", "reader");
    root.role("writer");
    root.grantPrefix("writer", "READWRITE", "/copy/");
    root.grantKey("writer", "READWRITE", "/__replication/writer");
    root.user("writer", "secret", "writer");
    V3Http admin = root.enableAuth("secret");
    TestCertificates.Pair machine = certificates.client("machine");
    Path config =
        Files.writeString(
            directory.resolve("mirror.yaml"),
            """
            source-user: reader
            source-password-file: %1$s
            source-cacert: %2$s
            source-cert: %3$s
            source-key: %4$s
            sink-user: writer
            sink-password-file: %1$s
            sink-cacert: %2$s
            sink-cert: %3$s
            sink-key: %4$s
            checkpoint-key: /__replication/writer
            http: 127.0.0.1:0
            """
                .formatted(
                    password("secret"), certificates.caCert(), machine.cert(), machine.key()));
    String address = "v3:" + guarded.tlsUrl();
    List<String> args =
        List.of("run", "--source", address, "--sink", address, "--prefix", "/conftool/=/copy/");
    List<String> all = new ArrayList<>(args);
    all.addAll(List.of("--config", config.toString()));
    try (ServiceProcess service = ServiceProcess.start(List.of(), all.toArray(String[]::new))) {
      service.awaitLine("-> FOLLOWING");
      admin.put("/conftool/b", "2");
      await().atMost(Duration.ofMinutes(4)).until(() -> admin.values("/copy/").size() == 2);
      String metrics = service.page("/metrics").body();
      for (String side : List.of("source", "sink")) {
        for (String which : List.of("ca", "client")) {
          assertThat(expiry(metrics, side, which)).isBetween(0.9 * 86_400, 86_400.0);
        }
      }
      service.signal("TERM");
      assertThat(service.exitCode()).isZero();
    }
  }

  private static double expiry(String metrics, String side, String which) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("etcd_mirror_certificate_expiry_seconds{"))
        .filter(line -> line.contains("certificate=\"" + which + "\""))
        .filter(line -> line.contains("side=\"" + side + "\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(metrics));
  }
}
