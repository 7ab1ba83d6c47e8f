package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What 'doctor' tells of the rights of users, in one real cluster that is both sides. */
@Timeout(600)
@EtcdTest
class DoctorRightsTest {

  private final EtcdServer etcd;
  private final Path password;

  DoctorRightsTest(EtcdServer etcd, @TempDir Path directory) throws IOException {
    this.etcd = etcd;
    this.password = Files.writeString(directory.resolve("password"), "secret\n");
  }

  @BeforeEach
  void hidePassword() throws IOException {
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
  }

  /** Checks a link from /conftool to /copy, with a user on each side. */
  private Cli check(String api, String reader, String writer, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "--source-user",
                reader,
                "--source-password-file",
                password,
                "--sink-user",
                writer,
                "--sink-password-file",
                password));
    words.addAll(List.of(more));
    String address = api + ":" + etcd.clientUrl();
    return DoctorCli.check(address, address, "/conftool=/copy", words);
  }

  private static List<String> rights(Cli cli, String side) {
    return DoctorCli.lines(cli, side + " rights");
  }

  @Test
  void missingGrantsOfV3AreNamedWithTheCommandsThatGiveThem() {
    V3Http http = new V3Http(etcd.clientUrl());
    http.role("reading");
    http.user("reader", "secret", "reading");
    http.user("writer", "secret");
    V3Http root = http.enableAuth("secret");

    Cli without = check("v3", "reader", "writer");

    assertThat(without.code()).as("%s", without).isEqualTo(1);
    assertThat(rights(without, "source"))
        .containsExactly(
            "problem user 'reader' lacks read on prefix '/conftool'; run: etcdctl role"
                + " grant-permission reading read --prefix=true /conftool");
    assertThat(rights(without, "sink"))
        .containsExactly(
            "problem user 'writer' lacks readwrite on prefix '/copy'; run: etcdctl role add writer;"
                + " etcdctl user grant-role writer writer; etcdctl role grant-permission writer"
                + " readwrite --prefix=true /copy",
            "problem user 'writer' lacks readwrite on key '/__replication/copy'; run: etcdctl role"
                + " add writer; etcdctl user grant-role writer writer; etcdctl role"
                + " grant-permission writer readwrite /__replication/copy");
    assertThat(DoctorCli.lines(without, "loop")).allMatch(line -> line.startsWith("warning not"));

    root.grantPrefix("reading", "READ", "/conftool");
    root.grantPrefix("reading", "READ", "/__replication/");
    root.role("writing");
    root.grantPrefix("writing", "READWRITE", "/copy");
    root.grantKey("writing", "READWRITE", "/__replication/copy");
    root.user("other-writer", "secret", "writing");
    Cli with = check("v3", "reader", "other-writer");

    assertThat(rights(with, "source")).allMatch(line -> line.startsWith("ok user 'reader'"));
    assertThat(rights(with, "sink")).allMatch(line -> line.startsWith("ok user 'other-writer'"));
    assertThat(DoctorCli.lines(with, "loop")).allMatch(line -> line.startsWith("ok"));
  }

  @Test
  void rightsOfAStandbyOfV3AreChecked() {
    V3Http http = new V3Http(etcd.clientUrl());
    http.role("writing");
    http.grantPrefix("writing", "READWRITE", "/copy");
    http.grantKey("writing", "READWRITE", "/__replication/copy");
    http.user("writer", "secret", "writing");
    V3Http root = http.enableAuth("secret");

    Cli without = check("v3", "writer", "writer", "--standby");

    assertThat(rights(without, "sink"))
        .containsExactly(
            "problem user 'writer' lacks readwrite on key '/__replication/.leader/copy'; run:"
                + " etcdctl role grant-permission writing readwrite /__replication/.leader/copy");
    root.grantKey("writing", "READWRITE", "/__replication/.leader/copy");
    Cli with = check("v3", "writer", "writer", "--standby", "--standby-term", "10m");

    assertThat(rights(with, "sink")).allMatch(line -> line.startsWith("ok user 'writer'"));
    assertThat(DoctorCli.lines(with, "sink standby"))
        .singleElement()
        .asString()
        .startsWith("ok a request took")
        .contains("--standby-term 600s");
  }

  @Test
  void rightsOfAStandbyOfV2AreChecked() {
    V2Http root = new V2Http(etcd.clientUrl()).enableAuth("secret");
    List<String> writable =
        List.of("/copy/*", "/__replication/copy", "/__replication/__meta__copy");
    root.role("copying", writable, writable);
    root.user("writer", "secret", "copying");

    Cli without = check("v2", "writer", "writer", "--standby");

    assertThat(rights(without, "sink"))
        .hasSize(2)
        .anyMatch(line -> line.contains("--path /__replication/__leader__copy --readwrite"))
        .anyMatch(line -> line.contains("--path /__replication/__late__copy --readwrite"));
  }

  @Test
  void halfOfAGrantIsNotTakenAwayByTheCommand() {
    V3Http http = new V3Http(etcd.clientUrl());
    http.role("both");
    http.grantPrefix("both", "WRITE", "/conftool");
    http.user("joe", "secret", "both");
    http.enableAuth("secret");

    assertThat(rights(check("v3", "joe", "joe"), "source"))
        .singleElement()
        .asString()
        .endsWith("etcdctl role grant-permission both readwrite --prefix=true /conftool");
  }

  @Test
  void missingGrantsOfV2AreNamedWithTheCommandsThatGiveThem() {
    V2Http root = new V2Http(etcd.clientUrl()).enableAuth("secret");
    root.role("none", List.of(), List.of());
    root.user("reader", "secret", "none");
    root.role("reading", List.of("/copy/*"), List.of());
    root.user("writer", "secret", "reading");

    Cli without = check("v2", "reader", "writer");

    assertThat(without.code()).as("%s", without).isEqualTo(1);
    assertThat(rights(without, "source"))
        .singleElement()
        .asString()
        .startsWith("problem user 'reader' has the wrong password or lacks read on '/conftool/*'")
        .contains("role grant ROLE --path '/conftool/*' --read");
    assertThat(rights(without, "sink"))
        .hasSize(3)
        .anyMatch(line -> line.contains("role grant ROLE --path '/copy/*' --readwrite"))
        .anyMatch(line -> line.contains("--path /__replication/copy --readwrite"))
        .anyMatch(line -> line.contains("--path /__replication/__meta__copy --readwrite"));

    root.role("conftool", List.of("/conftool/*", "/__replication/*"), List.of());
    root.user("other-reader", "secret", "conftool");
    List<String> writable =
        List.of("/copy/*", "/__replication/copy", "/__replication/__meta__copy");
    root.role("copying", writable, writable);
    root.user("other-writer", "secret", "copying");
    Cli with = check("v2", "other-reader", "other-writer");

    assertThat(rights(with, "source")).allMatch(line -> line.startsWith("ok"));
    assertThat(rights(with, "sink")).allMatch(line -> line.startsWith("ok"));
  }

  @Test
  void wrongPasswordIsAProblem() throws IOException {
    new V3Http(etcd.clientUrl()).enableAuth("another");

    Cli cli = check("v3", "root", "root");

    assertThat(cli.code()).as("%s", cli).isEqualTo(1);
    for (String side : List.of("source", "sink")) {
      assertThat(rights(cli, side))
          .singleElement()
          .asString()
          .startsWith("problem")
          .contains("user 'root'");
    }
  }

  @Test
  void userOfAClientCertificateIsNamed(@TempDir Path directory) {
    TestCertificates certificates = TestCertificates.in(directory);
    TestCertificates.Pair machine = certificates.client("machine");
    try (EtcdServer secured = EtcdServer.builder().tls(certificates).start()) {
      V3Http http = new V3Http(secured.clientUrl());
      http.role("copying");
      http.grantPrefix("copying", "READWRITE", "/conftool");
      http.user("machine", "secret", "copying");
      http.enableAuth("secret");

      Cli cli =
          DoctorCli.check(
              "v2:" + etcd.clientUrl(),
              "v3:" + secured.tlsUrl(),
              "--sink-cacert",
              certificates.caCert(),
              "--sink-cert",
              machine.cert(),
              "--sink-key",
              machine.key());

      assertThat(rights(cli, "sink"))
          .containsExactly(
              "problem user 'machine' lacks readwrite on key '/__replication/conftool'; run:"
                  + " etcdctl role grant-permission copying readwrite /__replication/conftool");
    }
  }

  /** The writer has every right, so a write would show. */
  @Test
  void noCheckMovesTheRevisionOrTheIndex() {
    V2Http v2 = new V2Http(etcd.clientUrl());
    V3Http v3 = new V3Http(etcd.clientUrl());
    v2.put("/conftool/a", "1");
    v2.put("/copy/a", "2");
    v2.put("/__replication/copy", "1");
    v3.put("/conftool/a", "1");
    v3.put("/__replication/copy", "no index yet");
    V2Http rootOfV2 = v2.enableAuth("secret");
    V3Http rootOfV3 = v3.enableAuth("secret");
    long index = rootOfV2.index();
    long revision = rootOfV3.revision();

    check("v2", "root", "root");
    check("v3", "root", "root");

    assertThat(rootOfV2.index()).isEqualTo(index);
    assertThat(rootOfV3.revision()).isEqualTo(revision);
  }

  @Test
  void userWithReadRightsAloneGetsADiagnosisAndChangesNothing() {
    V2Http v2 = new V2Http(etcd.clientUrl());
    V3Http v3 = new V3Http(etcd.clientUrl());
    v2.put("/conftool/a", "1");
    v3.put("/conftool/a", "1");
    v3.role("reading");
    v3.grantPrefix("reading", "READ", "/");
    v3.user("reader", "secret", "reading");
    V2Http rootOfV2 = v2.enableAuth("secret");
    V3Http rootOfV3 = v3.enableAuth("secret");
    rootOfV2.role("reading", List.of("/*"), List.of());
    rootOfV2.user("reader", "secret", "reading");
    long index = rootOfV2.index();
    long revision = rootOfV3.revision();

    for (String api : List.of("v2", "v3")) {
      Cli cli = check(api, "reader", "reader");
      assertThat(cli.code()).as("%s", cli).isEqualTo(1);
      assertThat(rights(cli, "source")).allMatch(line -> line.startsWith("ok"));
      assertThat(rights(cli, "sink")).allMatch(line -> line.startsWith("problem"));
    }

    assertThat(rootOfV2.index()).isEqualTo(index);
    assertThat(rootOfV3.revision()).isEqualTo(revision);
  }
}
