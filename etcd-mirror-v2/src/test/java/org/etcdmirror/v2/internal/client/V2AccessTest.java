package org.etcdmirror.v2.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class V2AccessTest {

  private final Path directory;
  private final Path passwordFile;
  private TestCertificates certificates;
  private EtcdServer etcd;

  V2AccessTest(@TempDir Path directory) {
    this.directory = directory;
    this.passwordFile = directory.resolve("password");
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

  private V2Http enableAuth() {
    V2Http open = new V2Http(etcd.clientUrl());
    open.put("/a", "1");
    return open.enableAuth("secret");
  }

  private V2Client connect(URI url, Access access) {
    return V2Client.connect(List.of(url.toString()), access);
  }

  private Access user(String name, String password) throws IOException {
    Files.writeString(passwordFile, password + "\nanother line\n");
    return new Access(name, passwordFile, null, null, null);
  }

  private Access client(TestCertificates.Pair pair) {
    return new Access(null, null, certificates.caCert(), pair.cert(), pair.key());
  }

  private static V2Request put(String key, String value) {
    return V2Request.put(key, new V2Form().withValue(value.getBytes(StandardCharsets.UTF_8)));
  }

  /** A connection that the server has closed may cost the first attempt. */
  private static @Nullable String get(V2Client client, String key) throws Exception {
    try {
      return client.get(key, "").requireNode().value();
    } catch (IOException e) {
      return client.get(key, "").requireNode().value();
    }
  }

  @Test
  void firstLineOfPasswordFileAuthenticatesUser() throws Exception {
    enableAuth();
    try (V2Client client = connect(etcd.clientUrl(), user("root", "secret"))) {
      client.send(put("/a", "2"));
      assertThat(client.get("/a", "quorum=true").requireNode().value()).isEqualTo("2");
    }
  }

  @Test
  void wrongPasswordIsPermanentAndNamesUserAndEndpoint() throws Exception {
    enableAuth();
    try (V2Client client = connect(etcd.clientUrl(), user("root", "wrong"))) {
      assertThatThrownBy(() -> client.get("/a", "quorum=true"))
          .isInstanceOf(PermanentException.class)
          .hasMessageContainingAll("user 'root'", etcd.clientUrl().toString())
          .hasMessageNotContaining("wrong");
    }
  }

  @Test
  void missingUserIsPermanentFailure() {
    enableAuth();
    try (V2Client client = connect(etcd.clientUrl(), Access.ANONYMOUS)) {
      assertThatThrownBy(() -> client.get("/a", "quorum=true"))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("no user configured");
    }
  }

  @Test
  void userMayWriteOnlyKeysOfItsRole() throws Exception {
    V2Http root = enableAuth();
    root.role("mirror", List.of("/copy/*"), List.of("/copy/*"));
    root.user("mirror", "m", "mirror");
    try (V2Client client = connect(etcd.clientUrl(), user("mirror", "m"))) {
      client.send(put("/copy/x", "1"));
    }
    try (V2Client client = connect(etcd.clientUrl(), user("mirror", "m"))) {
      assertThatThrownBy(() -> client.send(put("/other", "1")))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("user 'mirror'");
    }
  }

  @Test
  void changedPasswordFileIsReadAgain() throws Exception {
    V2Http root = enableAuth();
    root.role("mirror", List.of("/*"), List.of("/*"));
    root.user("mirror", "old", "mirror");
    try (V2Client client = connect(etcd.clientUrl(), user("mirror", "old"))) {
      client.get("/a", "");
      Files.writeString(passwordFile, "new\n");
      client.get("/a", "");
      root.user("mirror", "new");
      client.get("/a", "");
      client.send(put("/a", "3"));
    }
  }

  @Test
  void missingPasswordFileIsTransientFailure() throws Exception {
    Access access = user("root", "secret");
    Files.delete(passwordFile);
    try (V2Client client = connect(etcd.clientUrl(), access)) {
      assertThatThrownBy(() -> client.get("/a", ""))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("'root'", passwordFile.toString());
    }
  }

  @Test
  void clientCertificateNameIsUsedAsEtcdUser() throws Exception {
    V2Http root = enableAuth();
    root.role("mirror", List.of("/copy/*"), List.of("/copy/*"));
    root.user("mirror", "unused", "mirror");
    try (V2Client client = connect(etcd.tlsUrl(), client(certificates.client("mirror")))) {
      client.send(put("/copy/x", "1"));
    }
    try (V2Client client = connect(etcd.tlsUrl(), client(certificates.client("mirror")))) {
      assertThatThrownBy(() -> client.send(put("/other", "1")))
          .isInstanceOf(PermanentException.class);
    }
  }

  @Test
  void rotatedCertificatesAreUsedByNextConnection() throws Exception {
    try (V2Client client = connect(etcd.tlsUrl(), client(certificates.client("mirror")))) {
      client.send(put("/a", "1"));
      certificates.newAuthority();
      certificates.client("mirror");
      client.send(put("/a", "2"));
      etcd.restart();
      assertThat(get(client, "/a")).isEqualTo("2");
    }
  }

  @Test
  void untrustedServerAuthorityIsTransientAndExplained() throws Exception {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    TestCertificates stranger = TestCertificates.in(elsewhere);
    TestCertificates.Pair own = certificates.client("mirror");
    Access wrong = new Access(null, null, stranger.caCert(), own.cert(), own.key());
    try (V2Client client = connect(etcd.tlsUrl(), wrong)) {
      assertThatThrownBy(() -> client.get("/a", ""))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(
              etcd.tlsUrl().toString(), "is not trusted by '" + stranger.caCert() + "'");
    }
  }

  @Test
  void serverCertificateForAnotherHostIsRefused() {
    certificates.serverElsewhere("elsewhere.example");
    try (V2Client client = connect(etcd.tlsUrl(), client(certificates.client("mirror")))) {
      assertThatThrownBy(() -> client.get("/a", ""))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1");
    }
  }

  @Test
  void certificatesForEndpointWithoutTlsAreRefused() {
    Access access = client(certificates.client("mirror"));
    assertThatThrownBy(() -> connect(etcd.clientUrl(), access))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "certificates are configured, but endpoint '%s' is not https; write https://",
            etcd.clientUrl());
  }
}
