package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.DnsServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What 'doctor' says of directories, files and names of DNS. */
@Timeout(600)
@EtcdTest(v2 = false)
class DoctorFilesTest {

  private final EtcdServer etcd;
  private final Path directory;
  private final Path dump;

  DoctorFilesTest(EtcdServer etcd, @TempDir Path directory) {
    this.etcd = etcd;
    this.directory = directory;
    this.dump = directory.resolve("dump");
  }

  @BeforeEach
  void fill() {
    new V3Http(etcd.clientUrl()).put("/conftool/a", "1");
  }

  private String cluster() {
    return "v3:" + etcd.clientUrl();
  }

  private void backUp(String link) throws Exception {
    try (EtcdMirror mirror =
        LinkFactory.create(
                TestSettings.of(
                    "--source=" + cluster(),
                    "--sink=file:" + dump,
                    "--prefix=/conftool",
                    "--link=" + link))
            .mirror()) {
      mirror.syncOnce();
    }
  }

  private List<String> sinkDump(String... more) {
    return DoctorCli.lines(
        DoctorCli.check(cluster(), "file:" + dump + "?keep=7d", (Object[]) more), "sink dump");
  }

  @Test
  void newDumpIsOkAndNothingIsMade() {
    assertThat(sinkDump())
        .hasSize(2)
        .anyMatch(line -> line.equals("ok '" + dump + "' does not exist, and will be made"))
        .anyMatch(line -> line.matches("ok \\d+ MiB are left for '" + dump + "'"));
    assertThat(dump).doesNotExist();
  }

  @Test
  void dumpOfTheLinkIsNamedWithItsIndex() throws Exception {
    backUp("/conftool");

    assertThat(sinkDump())
        .anyMatch(line -> line.matches("ok '" + dump + "' holds index \\d+ of link '/conftool'"))
        .anyMatch(line -> line.equals("ok no other mirror writes now"));
  }

  @Test
  void dumpOfAnotherLinkIsAProblem() throws Exception {
    backUp("other");

    assertThat(sinkDump())
        .anyMatch(line -> line.startsWith("problem ") && line.contains("'other'"));
  }

  @Test
  void damagedDumpIsAProblemOnBothSides() throws Exception {
    backUp("/conftool");
    try (Stream<Path> files = Files.list(dump)) {
      Path log = files.filter(file -> file.toString().contains("log-")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(log);
      bytes[72] ^= 1;
      Files.write(log, bytes);
    }

    assertThat(sinkDump()).anyMatch(DoctorFilesTest::isDamage);
    assertThat(DoctorCli.lines(DoctorCli.check("file:" + dump, cluster()), "source dump"))
        .singleElement()
        .matches(DoctorFilesTest::isDamage);
  }

  private static boolean isDamage(String line) {
    return line.startsWith("problem ") && line.contains("damaged") && line.contains("log-");
  }

  @Test
  void fileInPlaceOfADirectoryIsAProblem() throws IOException {
    Files.createFile(dump);

    assertThat(sinkDump())
        .containsExactly("problem '" + dump + "' is no directory; correct the address");
  }

  @Test
  void sourceThatIsADumpIsNamedWithItsIndexAndOneThatIsMissingIsWrongUsage() throws Exception {
    assertThat(DoctorCli.check("file:" + dump, cluster()).err())
        .startsWith("etcd-mirror: --source: there is no dump in '" + dump + "'");
    backUp("/conftool");

    assertThat(DoctorCli.lines(DoctorCli.check("file:" + dump, cluster()), "source dump"))
        .singleElement()
        .asString()
        .matches("ok '" + dump + "' holds index \\d+ of cluster .+");
  }

  @Test
  void auditAndDumpDirectoryAreChecked() {
    Path missing = directory.resolve("missing");

    Cli sound =
        DoctorCli.check(
            cluster(),
            "file:" + dump,
            "--audit",
            directory.resolve("a.jsonl"),
            "--dump-dir",
            directory);
    Cli wrong =
        DoctorCli.check(
            cluster(),
            "file:" + dump,
            "--audit",
            missing.resolve("a.jsonl"),
            "--dump-dir",
            missing);

    for (String option : List.of("audit", "dump-dir")) {
      assertThat(DoctorCli.lines(sound, option))
          .singleElement()
          .asString()
          .endsWith("MiB are left for '" + directory + "'");
      assertThat(DoctorCli.lines(wrong, option))
          .containsExactly(
              "problem there is no directory '" + missing + "'; make it, for the service's user");
    }
    assertThat(wrong.code()).isEqualTo(1);
  }

  @Test
  void serversThatDnsNamesAreChecked() throws Exception {
    try (DnsServer dns = DnsServer.start()) {
      dns.srv("_etcd-client._tcp.example.test", "0 0 " + port() + " localhost");

      Cli cli = DoctorCli.check("v3+srv://" + dns.address() + "/example.test", "file:" + dump);

      assertThat(DoctorCli.lines(cli, "source names"))
          .singleElement()
          .asString()
          .startsWith("ok DNS names for ")
          .endsWith("/example.test: http://localhost:" + port());
      assertThat(DoctorCli.lines(cli, "source endpoints"))
          .singleElement()
          .asString()
          .startsWith("ok http://localhost:" + port() + " serves v3");
    }
  }

  @Test
  void nameThatDnsDoesNotKnowIsAProblem() throws Exception {
    try (DnsServer dns = DnsServer.start()) {
      Cli cli = DoctorCli.check("v3+srv://" + dns.address() + "/example.test", "file:" + dump);

      assertThat(cli.code()).isEqualTo(1);
      assertThat(DoctorCli.lines(cli, "source names"))
          .singleElement()
          .asString()
          .startsWith("problem DNS names no server of example.test");
    }
  }

  private int port() {
    return etcd.clientUrl().getPort();
  }
}
