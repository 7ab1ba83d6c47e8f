package org.etcdmirror.testkit;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.TestCertificates.Pair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTlsTest {

  private static final String[] KINDS = {"RSA", "EC"};

  private final Path directory;
  private TestCertificates certificates;

  AccessTlsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void makeAuthority() {
    certificates = TestCertificates.in(directory);
  }

  private AccessTls tls(Pair pair) {
    return AccessTls.of(access(pair));
  }

  private Access access(Pair pair) {
    return new Access(null, null, certificates.caCert(), pair.cert(), pair.key());
  }

  private static X509ExtendedKeyManager keys(AccessTls tls) {
    X509ExtendedKeyManager keys = tls.keyManager();
    assertThat(keys).isNotNull();
    return Objects.requireNonNull(keys);
  }

  private static PrivateKey shown(AccessTls tls) {
    return keys(tls).getPrivateKey(keys(tls).chooseEngineClientAlias(KINDS, null, null));
  }

  /** Writes a key as openssl does, with the curve before it. */
  private static void write(Path key, byte[] old, String label) throws IOException {
    Files.writeString(
        key,
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
            + "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(label, Base64.getMimeEncoder().encodeToString(old), label));
  }

  private static KeyPair pair(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  @Test
  void keyInPkcs8IsRead() throws Exception {
    KeyPair rsa = pair("RSA", 2048);
    assertThat(shown(tls(certificates.issue("c", rsa, Instant.now().plusSeconds(60)))))
        .isEqualTo(rsa.getPrivate());
  }

  @Test
  void keyInPkcs1IsRead() throws Exception {
    KeyPair rsa = pair("RSA", 2048);
    Pair files = certificates.issue("c", rsa, Instant.now().plusSeconds(60));
    // PKCS#8 wraps the PKCS#1 key.
    byte[] pkcs8 = rsa.getPrivate().getEncoded();
    write(files.key(), Arrays.copyOfRange(pkcs8, 26, pkcs8.length), "RSA PRIVATE KEY");
    assertThat(shown(tls(files))).isEqualTo(rsa.getPrivate());
  }

  @Test
  void keyInSec1IsRead() throws Exception {
    KeyPair ec = pair("EC", 256);
    Pair files = certificates.issue("c", ec, Instant.now().plusSeconds(60));
    byte[] pkcs8 = ec.getPrivate().getEncoded();
    byte[] secret = Arrays.copyOfRange(pkcs8, pkcs8.length - 32, pkcs8.length);
    byte[] subject = ec.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(subject, subject.length - 65, subject.length);
    HexFormat hex = HexFormat.of();
    // SEQUENCE { INTEGER 1, the secret, [0] prime256v1, [1] the public point }
    byte[] sec1 =
        hex.parseHex(
            "30770201010420%sa00a06082a8648ce3d030107a144034200%s"
                .formatted(hex.formatHex(secret), hex.formatHex(point)));
    write(files.key(), sec1, "EC PRIVATE KEY");
    assertThat(((ECPrivateKey) shown(tls(files))).getS())
        .isEqualTo(((ECPrivateKey) ec.getPrivate()).getS());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -----BEGIN ENCRYPTED PRIVATE KEY-----MIIB-----END ENCRYPTED PRIVATE KEY-----|its key is encrypted
          -----BEGIN PRIVATE KEY-----MIIB|it is cut off
          -----BEGIN PRIVATE KEY-----%%%-----END PRIVATE KEY-----|its PRIVATE KEY is not base64
          -----BEGIN PRIVATE KEY-----MIIB-----END PRIVATE KEY-----|its key is not the EC key
          nothing|it holds no private key
          """)
  void unusableKeyFileIsNamed(String content, String why) throws Exception {
    Pair files = certificates.client("c");
    Files.writeString(files.key(), content);
    assertThatThrownBy(() -> tls(files))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cannot use '" + files.key() + "': " + why)
        .hasMessageNotContaining("\n");
  }

  @Test
  void missingFileOrFileWithoutCertificateIsNamed() throws Exception {
    Path missing = directory.resolve("missing.pem");
    assertThatThrownBy(() -> AccessTls.of(new Access(null, null, missing, null, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot use '%s': there is no such file", missing);
    Path key = certificates.client("c").key();
    assertThatThrownBy(() -> AccessTls.of(new Access(null, null, key, null, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot use '%s': it holds no certificate", key);
  }

  @Test
  void replacedCertificateIsUsedByNextHandshake() {
    AccessTls tls = tls(certificates.client("c"));
    String alias = keys(tls).chooseEngineClientAlias(KINDS, null, null);
    PrivateKey before = keys(tls).getPrivateKey(alias);
    SSLContext context = tls.context();
    assertThat(tls.context()).isSameAs(context);

    certificates.client("c");

    assertThat(shown(tls)).isNotEqualTo(before);
    assertThat(tls.context()).isNotSameAs(context);
    assertThat(keys(tls).getPrivateKey(alias))
        .as("a running handshake keeps its key")
        .isEqualTo(before);
    assertThat(tls.problem()).isNull();
  }

  @Test
  void halfWrittenKeyPairIsNotUsed() throws Exception {
    Pair files = certificates.client("c");
    AccessTls tls = tls(files);
    PrivateKey before = shown(tls);
    Path newKey = certificates.client("other").key();

    Files.copy(newKey, files.key(), StandardCopyOption.REPLACE_EXISTING);
    // The clock of the file system may be too coarse to show two writes in a row.
    Files.setLastModifiedTime(files.key(), FileTime.from(Instant.now().plusSeconds(5)));

    assertThat(shown(tls)).isEqualTo(before);
    assertThat(tls.problem())
        .isEqualTo("cannot use '%s': its key belongs to another certificate", files.key());
    certificates.client("c");
    assertThat(shown(tls)).isNotEqualTo(before);
    assertThat(tls.problem()).isNull();
  }

  @Test
  void untrustedServerIsRefusedNamingItAndCaFile() throws Exception {
    AccessTls tls = tls(certificates.client("c"));
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Pair stranger = TestCertificates.in(elsewhere).server();
    X509Certificate[] chain = chain(stranger);
    assertThatThrownBy(() -> tls.trustManager().checkServerTrusted(chain, "UNKNOWN"))
        .isInstanceOf(CertificateException.class)
        .hasMessageContainingAll("CN=server", certificates.caCert().toString());
    tls.trustManager().checkServerTrusted(chain(certificates.server()), "UNKNOWN");
  }

  private static X509Certificate[] chain(Pair pair) {
    X509ExtendedKeyManager keys =
        keys(AccessTls.of(new Access(null, null, null, pair.cert(), pair.key())));
    return keys.getCertificateChain(keys.chooseEngineClientAlias(KINDS, null, null));
  }

  @Test
  void expiryOfCertificatesIsReported() throws Exception {
    Instant soon = Instant.now().plusSeconds(600);
    AccessTls tls = tls(certificates.issue("c", pair("EC", 256), soon));
    assertThat(tls.certExpires()).isEqualTo(soon.truncatedTo(SECONDS));
    assertThat(tls.caExpires()).isAfter(soon);
    AccessTls none = AccessTls.of(Access.ANONYMOUS);
    assertThat(none.certExpires()).isNull();
    assertThat(none.caExpires()).isNull();
  }

  @Test
  void missingCertificateIsNamedOnceServerHasAskedForOne() {
    AccessTls none = AccessTls.of(Access.ANONYMOUS);
    IOException reset = new IOException("Connection reset");
    assertThat(none.explain(reset, "a", true)).doesNotContain("client certificate");
    assertThat(none.keyManager().chooseEngineClientAlias(new String[] {"EC"}, null, null)).isNull();
    assertThat(none.explain(reset, "a", true)).contains("asked for a client certificate");
  }
}
