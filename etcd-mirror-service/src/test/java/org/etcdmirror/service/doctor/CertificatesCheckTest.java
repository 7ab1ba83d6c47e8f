package org.etcdmirror.service.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The certificates of a real server, which are valid for a day, at several times. */
@Timeout(120)
class CertificatesCheckTest {

  private final Path directory;
  private TestCertificates certificates;
  private EtcdServer etcd;

  CertificatesCheckTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() {
    certificates = TestCertificates.in(directory);
    etcd = EtcdServer.builder().tls(certificates).start();
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  /** What is found at a time that is so much later than now. */
  private List<String> found(Duration later) throws Exception {
    TestCertificates.Pair machine = certificates.client("machine");
    try (Side side =
        CheckFixture.source(
            "v3:" + etcd.tlsUrl(),
            "--source-cacert",
            certificates.caCert().toString(),
            "--source-cert",
            machine.cert().toString(),
            "--source-key",
            machine.key().toString())) {
      return CheckFixture.lines(
          new CertificatesCheck(side, InstantSource.offset(InstantSource.system(), later)));
    }
  }

  @Test
  void certificatesAreOkUntilTheyExpireSoon() throws Exception {
    assertThat(found(Duration.ofDays(-20)))
        .hasSizeGreaterThan(2)
        .allMatch(line -> line.startsWith("ok"));
    assertThat(found(Duration.ZERO)).allMatch(line -> line.startsWith("warning"));
    assertThat(found(Duration.ofDays(2))).allMatch(line -> line.startsWith("problem"));
  }

  @Test
  void certificateOfAnotherHostIsAProblem() throws Exception {
    certificates.serverElsewhere("elsewhere.example");

    assertThat(found(Duration.ofDays(-20)))
        .filteredOn(line -> line.startsWith("problem"))
        .singleElement()
        .asString()
        .contains(etcd.tlsUrl().toString(), "does not name the host");
  }

  @Test
  void serverOfAnotherAuthorityIsAProblem() throws Exception {
    certificates.newAuthority();

    assertThat(found(Duration.ofDays(-20)))
        .filteredOn(line -> line.startsWith("problem"))
        .singleElement()
        .asString()
        .contains(etcd.tlsUrl().toString());
  }

  @Test
  void endpointThatIsDownIsNamed() throws Exception {
    etcd.stop();

    assertThat(found(Duration.ZERO))
        .filteredOn(line -> line.startsWith("warning not checked: "))
        .singleElement()
        .asString()
        .contains(etcd.tlsUrl().toString());
  }

  @Test
  void addressWithoutTlsIsOkUnlessAPasswordCrossesTheNetwork(@TempDir Path other) throws Exception {
    Path password = Files.writeString(other.resolve("password"), "secret");
    String plain = "v3:" + etcd.clientUrl();
    try (Side anonymous = CheckFixture.source(plain);
        Side user =
            CheckFixture.source(
                plain, "--source-user", "joe", "--source-password-file", password.toString())) {
      assertThat(CheckFixture.lines(new CertificatesCheck(anonymous, InstantSource.system())))
          .allMatch(line -> line.startsWith("ok no TLS"));
      assertThat(CheckFixture.lines(new CertificatesCheck(user, InstantSource.system())))
          .allMatch(line -> line.startsWith("warning no TLS: the password of user 'joe'"));
    }
  }
}
