package org.etcdmirror.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.X509ExtendedKeyManager;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.api.tls.Certificates;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuppliedCertificatesTest {

  private static final String[] KINDS = {"RSA"};

  private final Path directory;
  private TestCertificates authority;
  private KeyPair pair;

  SuppliedCertificatesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void makeAuthority() throws Exception {
    authority = TestCertificates.in(directory);
    pair = rsa();
  }

  @Test
  void whatTheSupplierGivesIsTrustedAndShown() throws Exception {
    Certificates given = issued(pair);
    AccessTls tls = tls(() -> given);

    assertThat(shown(tls)).isEqualTo(pair.getPrivate());
    assertThat(tls.trustManager().getAcceptedIssuers()).containsExactly(authority());
    assertThat(tls.certExpires()).isNotNull();
  }

  @Test
  void whatTheSupplierGivesLaterIsShownWithTheNextHandshake() throws Exception {
    AtomicReference<Certificates> now = new AtomicReference<>(issued(pair));
    AccessTls tls = tls(() -> requireNonNull(now.get()));
    KeyPair renewed = rsa();
    now.set(issued(renewed));

    assertThat(shown(tls)).isEqualTo(renewed.getPrivate());
  }

  @Test
  void theLastGoodOnesStayInUseIfTheSupplierFails() throws Exception {
    Certificates given = issued(pair);
    AtomicBoolean sealed = new AtomicBoolean();
    AccessTls tls =
        tls(() -> {
          if (sealed.get()) {
            throw new IOException("the store is sealed");
          }
          return given;
        });
    sealed.set(true);

    assertThat(shown(tls)).isEqualTo(pair.getPrivate());
    assertThat(tls.problem()).isEqualTo("the store is sealed");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    Certificates own = issued(pair);
    Certificates mixed = new Certificates(own.trusted(), own.chain(), issued(rsa()).key());

    assertThatThrownBy(() -> tls(() -> mixed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its key belongs to another certificate");
  }

  @Test
  void filesAndASupplierContradictEachOther() throws Exception {
    Certificates given = issued(pair);

    assertThatThrownBy(
            () -> Access.builder().caCert(authority.caCert()).certificates(() -> given).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(authority.caCert().toString());
  }

  @Test
  void theTextHasNoKey() throws Exception {
    assertThat(issued(pair).toString()).isEqualTo("certificate of CN=mirror");
  }

  private static AccessTls tls(Access.CertificateSupplier supplier) {
    return AccessTls.of(Access.builder().certificates(supplier).build());
  }

  private Certificates issued(KeyPair keys) throws Exception {
    TestCertificates.Pair files = authority.issue("mirror", keys, Instant.now().plusSeconds(3600));
    return new Certificates(List.of(authority()), List.of(read(files.cert())), keys.getPrivate());
  }

  private X509Certificate authority() throws Exception {
    return read(authority.caCert());
  }

  private static X509Certificate read(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static KeyPair rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static PrivateKey shown(AccessTls tls) {
    X509ExtendedKeyManager keys = tls.keyManager();
    return keys.getPrivateKey(keys.chooseEngineClientAlias(KINDS, null, null));
  }
}
