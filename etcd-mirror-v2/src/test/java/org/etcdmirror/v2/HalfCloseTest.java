package org.etcdmirror.v2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.connection.HalfCloseAnswers.Known;
import org.etcdmirror.v2.internal.watch.HistoryLook;
import org.etcdmirror.v2.internal.watch.HistoryReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real etcd ends a watch properly when the client half-closes the connection. */
@Timeout(600)
class HalfCloseTest {

  private final Path directory;

  HalfCloseTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static List<EtcdBinary> servers() {
    return EtcdBinary.all();
  }

  /** etcd 3.3 offers no TLS 1.3. */
  static List<String> tlsVersions() {
    boolean is33 = EtcdBinary.find().orElseThrow().version().startsWith("3.3.");
    return is33 ? List.of("TLSv1.2") : List.of("TLSv1.2", "TLSv1.3");
  }

  private static Access access(TestCertificates certificates) {
    TestCertificates.Pair own = certificates.client("mirror");
    return new Access(null, null, certificates.caCert(), own.cert(), own.key());
  }

  private static HistoryLook.Match look(V2Client client, long from) throws Exception {
    return new HistoryLook(client, client.endpoint(0), "/conf", true, from).ask(0);
  }

  private static void assertProves(V2Client client, V2Http http) throws Exception {
    long index = http.put("/conf/a", "x".repeat(300_000)).etcdIndex();
    long head = http.put("/other", "y").etcdIndex();
    HistoryLook.Match match = look(client, index);
    assertThat(match.event()).extracting(event -> event.node().modifiedIndex()).isEqualTo(index);
    HistoryLook.Match nothing = look(client, index + 1);
    assertThat(nothing.event()).isNull();
    assertThat(nothing.headerIndex()).isEqualTo(head);
    assertThat(nothing.proven()).isTrue();
    assertThat(client.halfCloses().of(client.endpoint(0))).isEqualTo(Known.ANSWERS);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void properEndAfterHalfCloseProvesThatNothingMatched(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        V2Client client = V2Client.connect(List.of(etcd.clientUrl().toString()))) {
      assertProves(client, new V2Http(etcd.clientUrl()));
    }
  }

  @Test
  void failedLookNamesServerKeyAndIndex() throws Exception {
    try (ServerSocket refusing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread closing =
          new Thread(() -> {
            try {
              refusing.accept().close();
            } catch (IOException e) {
              // The test is over.
            }
          });
      closing.start();
      String endpoint = "http://127.0.0.1:" + refusing.getLocalPort();
      try (V2Client client = V2Client.connect(List.of(endpoint))) {
        assertThatThrownBy(() -> look(client, 7))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("history of /conf from index 7 at " + endpoint + " failed");
      }
      closing.join();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void properEndOverTlsProvesThatNothingMatched(EtcdBinary binary) throws Exception {
    TestCertificates certificates = TestCertificates.in(directory);
    Access access = access(certificates);
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).tls(certificates).start();
        V2Client client = V2Client.connect(List.of(etcd.tlsUrl().toString()), access)) {
      assertProves(client, new V2Http(etcd.clientUrl()));
    }
  }

  @ParameterizedTest
  @MethodSource("tlsVersions")
  void etcdEndsAnswerAfterCloseNotifyOfTls12AndTls13(String version) throws Exception {
    TestCertificates certificates = TestCertificates.in(directory);
    Access access = access(certificates);
    try (EtcdServer etcd = EtcdServer.builder().tls(certificates).start()) {
      V2Http http = new V2Http(etcd.clientUrl());
      long index = http.put("/conf/a", "1").etcdIndex();
      URI url = etcd.tlsUrl();
      try (SSLSocket socket =
          (SSLSocket)
              AccessTls.of(access)
                  .context()
                  .getSocketFactory()
                  .createSocket(url.getHost(), url.getPort())) {
        socket.setEnabledProtocols(new String[] {version});
        String request =
            "GET /v2/keys/conf/?recursive=true&wait=true&waitIndex=%d HTTP/1.1\r\nHost: x\r\n\r\n"
                .formatted(index + 1);
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
          head += (char) socket.getInputStream().read();
        }
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
            .isEqualTo("0\r\n\r\n");
        assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      }
    }
  }

  /** Looks 20 times, since the server may choose between the match and the half-close. */
  @ParameterizedTest
  @ValueSource(ints = {1, 50_000})
  void matchIsDeliveredAlthoughHalfCloseArrivesFirst(int length) throws Exception {
    try (EtcdServer etcd = EtcdServer.start();
        FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V2Client client = V2Client.connect(List.of(proxy.url().toString()))) {
      // The delay makes the client send each half-close before the match arrives.
      proxy.link(LinkLimits.of(10_000_000, Duration.ofMillis(200), Duration.ofMillis(100)));
      V2Http http = new V2Http(etcd.clientUrl());
      long index = http.put("/conf/a", "x".repeat(length)).etcdIndex();
      http.put("/other", "y");
      HistoryReader history = new HistoryReader(client, "/conf");
      for (int i = 0; i < 20; i++) {
        assertThat(look(client, index).event()).as("look %d", i).isNotNull();
      }
      assertThat(history.read(client.endpoint(0), index, index + 1, event -> {})).isTrue();
    }
  }
}
