package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class V3TlsTest {

  private static final RangeRequest READ =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/mine/a")).build();

  private final Path directory;
  private TestCertificates certificates;
  private EtcdServer etcd;

  V3TlsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() {
    certificates = TestCertificates.in(directory);
    etcd = EtcdServer.builder().enableV2(false).tls(certificates).start();
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  private static V3Client connect(URI url, Access access) {
    return V3Client.connect(List.of(url.toString()), access);
  }

  private Access mirror() {
    return client(certificates.client("mirror"));
  }

  private Access client(TestCertificates.Pair pair) {
    return new Access(null, null, certificates.caCert(), pair.cert(), pair.key());
  }

  private static void put(V3Client client, String key) throws Exception {
    PutRequest put = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    client.call(
        KVGrpc.getTxnMethod(),
        TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestPut(put)).build());
  }

  @Test
  void clientCertificateNameIsUsedAsEtcdUser() throws Exception {
    V3Http http = new V3Http(etcd.clientUrl());
    http.role("mirror");
    http.grantPrefix("mirror", "READWRITE", "/mine/");
    http.user("mirror", "unused", "mirror");
    http.enableAuth("secret");
    try (V3Client client = connect(etcd.tlsUrl(), mirror())) {
      put(client, "/mine/a");
      assertThat(client.call(KVGrpc.getRangeMethod(), READ).getCount()).isOne();
    }
    try (V3Client client = connect(etcd.tlsUrl(), mirror())) {
      assertThatThrownBy(() -> put(client, "/other")).isInstanceOf(PermanentException.class);
    }
  }

  @Test
  void userMayDifferFromNameOfClientCertificate() throws Exception {
    new V3Http(etcd.clientUrl()).enableAuth("secret");
    Path password = Files.writeString(directory.resolve("password"), "secret\n");
    TestCertificates.Pair machine = certificates.client("machine");
    Access access =
        new Access("root", password, certificates.caCert(), machine.cert(), machine.key());
    try (V3Client client = connect(etcd.tlsUrl(), access)) {
      put(client, "/anything");
    }
  }

  @Test
  void rotatedCertificatesAreUsedByNextConnection() throws Exception {
    try (V3Client client = connect(etcd.tlsUrl(), mirror())) {
      put(client, "/mine/a");
      certificates.newAuthority();
      certificates.client("mirror");
      put(client, "/mine/b");

      etcd.restart();

      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreException(V3ErrorException.class)
          .until(() -> client.call(KVGrpc.getRangeMethod(), READ).getCount() == 1);
    }
  }

  @Test
  void certificatesForAnEndpointWithoutTlsAreRefused() {
    assertThatThrownBy(() -> connect(etcd.clientUrl(), mirror()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "certificates are configured, but endpoint '%s' is not https; write https://",
            etcd.clientUrl());
  }
}
