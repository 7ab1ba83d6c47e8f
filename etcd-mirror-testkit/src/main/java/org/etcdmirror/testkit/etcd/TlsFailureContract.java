package org.etcdmirror.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.etcdmirror.api.tls.Access;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a client of etcd says of failed TLS: which side refused what, and what to change. Each
 * failure is transient, because machines renew certificates.
 */
@Timeout(300)
public abstract class TlsFailureContract {

  private final Path directory;
  private TestCertificates certificates;
  private EtcdServer etcd;

  /**
   * For JUnit.
   *
   * @param directory an empty one, for the certificates
   */
  protected TlsFailureContract(@TempDir Path directory) {
    this.directory = directory;
  }

  /**
   * Makes one request by a client of its own.
   *
   * @throws IOException if it fails, with the URL in the message
   */
  protected abstract void read(String url, Access access) throws Exception;

  @BeforeEach
  void start() {
    certificates = TestCertificates.in(directory);
    etcd = EtcdServer.builder().tls(certificates).start();
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  private Access client(TestCertificates.Pair pair) {
    return new Access(null, null, certificates.caCert(), pair.cert(), pair.key());
  }

  private IOException failure(String url, Access access) {
    IOException failure = catchThrowableOfType(IOException.class, () -> read(url, access));
    assertThat(failure).hasMessageContaining(url);
    return failure;
  }

  private static KeyPair pair(String algorithm, int size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(size);
    return generator.generateKeyPair();
  }

  private static Instant past() {
    return Instant.now().minus(Duration.ofMinutes(1));
  }

  @Test
  void missingClientCertificateIsExplained() {
    assertThat(
            failure(
                etcd.tlsUrl().toString(),
                new Access(null, null, certificates.caCert(), null, null)))
        .hasMessageContainingAll(
            "the server asked for a client certificate, and none is configured", "--source-cert");
  }

  @Test
  void clientCertificateFromForeignAuthorityIsExplained() throws Exception {
    TestCertificates stranger =
        TestCertificates.in(Files.createDirectory(directory.resolve("stranger")));
    TestCertificates.Pair own = stranger.client("mirror");
    assertThat(failure(etcd.tlsUrl().toString(), client(own)))
        .hasMessageContainingAll(
            "the server did not accept this side's client certificate", own.cert().toString());
  }

  @Test
  void expiredClientCertificateIsExplained() throws Exception {
    TestCertificates.Pair own = certificates.issue("mirror", pair("EC", 256), past());
    assertThat(failure(etcd.tlsUrl().toString(), client(own)))
        .hasMessageContainingAll(
            "the server did not accept this side's client certificate", "good until");
  }

  @Test
  void untrustedServerAuthorityIsExplained() throws Exception {
    TestCertificates stranger =
        TestCertificates.in(Files.createDirectory(directory.resolve("stranger")));
    TestCertificates.Pair own = certificates.client("mirror");
    Access access = new Access(null, null, stranger.caCert(), own.cert(), own.key());
    assertThat(failure(etcd.tlsUrl().toString(), access))
        .hasMessageContainingAll(
            "this side refused the server",
            "issued by CN=test CA",
            "is not trusted by '" + stranger.caCert() + "'",
            "--source-cacert");
  }

  @Test
  void serverCertificateForAnotherHostIsExplained() {
    certificates.serverElsewhere("elsewhere.example");
    assertThat(failure(etcd.tlsUrl().toString(), client(certificates.client("mirror"))))
        .hasMessageContainingAll(
            "this side refused the server", "does not name the host", "127.0.0.1");
  }

  @Test
  void expiredServerCertificateIsExplained() throws Exception {
    certificates.issue("server", pair("EC", 256), past());
    assertThat(failure(etcd.tlsUrl().toString(), client(certificates.client("mirror"))))
        .hasMessageContainingAll("this side refused the server", "has expired");
  }

  @Test
  void plainTextRequestToTlsPortIsExplained() {
    String url = etcd.tlsUrl().toString().replace("https:", "http:");
    assertThat(failure(url, Access.ANONYMOUS)).hasMessageContainingAll("TLS", "write https://");
  }

  @Test
  void tlsRequestToPlainTextPortIsExplained() {
    String url = etcd.clientUrl().toString().replace("http:", "https:");
    assertThat(failure(url, new Access(null, null, certificates.caCert(), null, null)))
        .hasMessageContainingAll("does not speak TLS at this port", "write http://");
  }

  /** Uses an RSA key, so that the ECDSA suite, which Go requires for HTTP/2, is never chosen. */
  @ParameterizedTest
  @ValueSource(
      strings = {"TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"})
  void suitesWithoutForwardSecrecyAreRefused(String suite) throws Exception {
    Optional<EtcdBinary> binary =
        EtcdBinary.all().stream().filter(one -> one.version().startsWith("3.5")).findFirst();
    assumeTrue(binary.isPresent());
    try (EtcdServer restricted =
        EtcdServer.builder()
            .binary(binary.get())
            .tls(certificates)
            .extraFlags(
                "--tls-max-version=TLS1.2",
                "--cipher-suites=" + suite + ",TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
            .start()) {
      certificates.issue("server", pair("RSA", 2048), Instant.now().plus(Duration.ofDays(1)));
      String url = restricted.tlsUrl().toString();
      Access access = client(certificates.client("mirror"));
      if (suite.contains("ECDHE")) {
        read(url, access);
      } else {
        assertThat(failure(url, access))
            .hasMessageContainingAll("the server refused what this side offers", "forward secrecy");
      }
    }
  }
}
