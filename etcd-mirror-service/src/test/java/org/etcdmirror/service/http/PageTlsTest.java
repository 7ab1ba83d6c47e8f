package org.etcdmirror.service.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestPageAccess;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pages over TLS, and clients that act by a certificate. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // Each test starts what it needs.
class PageTlsTest {

  private static final String TOKEN = "secret-0123456789";

  private final Path directory;
  private final Path clients;
  private final TestCertificates ofServer;
  private final TestCertificates ofClients;
  private final List<Socket> sockets = new ArrayList<>();
  private EtcdMirror mirror;
  private StatusServer server;

  PageTlsTest(@TempDir Path directory, @TempDir Path clients) {
    this.directory = directory;
    this.clients = clients;
    ofServer = TestCertificates.in(directory);
    ofClients = TestCertificates.in(clients);
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
    mirror.close();
  }

  private void start(String... more) {
    TestCertificates.Pair own = ofServer.server();
    Stream<String> words =
        Stream.of(
            "--source=v2:http://127.0.0.1:1",
            "--sink=v2:http://127.0.0.1:1",
            "--prefix=/conftool",
            "--http=127.0.0.1:0",
            "--http-cert=" + own.cert(),
            "--http-key=" + own.key());
    Settings settings =
        TestSettings.of(Stream.concat(words, Stream.of(more)).toArray(String[]::new));
    mirror = LinkFactory.create(settings).mirror();
    server = requireNonNull(ServedMirror.start(settings, mirror, MirrorActions.of(mirror)));
  }

  private String withClients() {
    return "--http-client-ca=" + ofClients.caCert();
  }

  private String withToken() throws IOException {
    return "--admin-token-file=" + TestPageAccess.write(directory.resolve("token"), TOKEN);
  }

  /** A client that trusts the server, with a connection of its own. */
  private HttpClient client(TestCertificates.@Nullable Pair own) {
    Access.Builder access = Access.builder().caCert(ofServer.caCert());
    if (own != null) {
      access.certificate(own.cert(), own.key());
    }
    return HttpClient.newBuilder().sslContext(AccessTls.of(access.build()).context()).build();
  }

  private HttpResponse<String> get(HttpClient client, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(PATIENCE).build();
    return client.send(request, BodyHandlers.ofString());
  }

  private HttpResponse<String> resume(HttpClient client, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + "/resume")).timeout(PATIENCE);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
  }

  @Test
  void pagesAreServedOverTls() throws Exception {
    start();

    assertThat(server.url()).startsWith("https://127.0.0.1:");
    HttpResponse<String> page = get(client(null), "/status");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
  }

  @Test
  void pagesAreNotServedWithoutTlsOnThatPort() {
    start();
    URI plain = URI.create(server.url().replace("https:", "http:") + "/status");

    assertThatThrownBy(() ->
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(plain).timeout(PATIENCE).build(),
                    BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void clientWithACertificateOfTheAuthorityActs() throws Exception {
    start(withClients());

    assertThat(resume(client(ofClients.client("ops"))).statusCode()).isEqualTo(200);
  }

  @Test
  void clientWithoutACertificateReadsAndDoesNotAct() throws Exception {
    start(withClients());

    assertThat(get(client(null), "/status").statusCode()).isEqualTo(200);
    HttpResponse<String> refused = resume(client(null));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("--http-client-ca");
  }

  @Test
  void tokenCountsWhereCertificatesDo() throws Exception {
    start(withClients(), withToken());

    assertThat(resume(client(null)).statusCode()).isEqualTo(401);
    assertThat(resume(client(null), "Authorization", "Bearer " + TOKEN).statusCode())
        .isEqualTo(200);
    assertThat(resume(client(ofClients.client("ops"))).statusCode()).isEqualTo(200);
  }

  /** The authority of the server's own certificate is no authority of clients. */
  @Test
  void clientWithAForeignCertificateGetsNoConnection() {
    start(withClients());

    assertThatThrownBy(() -> resume(client(ofServer.client("ops"))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void certificateIsNoProofWhereNoneIsAskedFor() throws Exception {
    start(withToken());

    assertThat(resume(client(ofClients.client("ops"))).statusCode()).isEqualTo(401);
  }

  @Test
  void webPageWithACertificateActsFromItsOwnOriginOnly() throws Exception {
    start(withClients());
    HttpClient client = client(ofClients.client("ops"));

    assertThat(resume(client, "Origin", server.url()).statusCode()).isEqualTo(200);
    assertThat(resume(client, "Origin", "https://evil.example").statusCode()).isEqualTo(403);
  }

  @Test
  void renewedCertificateIsShownFromTheNextConnectionOn() throws Exception {
    start();
    Certificate before = shown();

    ofServer.server();

    assertThat(shown()).isNotEqualTo(before);
  }

  private Certificate shown() throws Exception {
    return get(client(null), "/status").sslSession().orElseThrow().getPeerCertificates()[0];
  }

  @Test
  void authorityThatIsReplacedNoLongerCounts() throws Exception {
    start(withClients());
    TestCertificates.Pair ops = ofClients.client("ops");
    assertThat(resume(client(ops)).statusCode()).isEqualTo(200);

    ofClients.newAuthority();

    assertThatThrownBy(() -> resume(client(ops))).isInstanceOf(IOException.class);
    assertThat(resume(client(ofClients.client("ops2"))).statusCode()).isEqualTo(200);
  }

  /** JDK 17 and 25 let a client resume its session for as long as it comes again in time. */
  @Test
  void sessionOfAReplacedAuthorityDoesNotActWhenItIsResumed() throws Exception {
    start(withClients());
    SSLContext sessions = contextOf(ofClients.client("ops"));
    assertThat(resume(clientOf(sessions)).statusCode()).isEqualTo(200);

    ofClients.newAuthority();

    HttpResponse<String> refused = resume(clientOf(sessions));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("'CN=ops", "--http-client-ca");
  }

  @Test
  void openConnectionOfAReplacedAuthorityDoesNotAct() throws Exception {
    start(withClients(), withToken());
    HttpClient client = client(ofClients.client("ops"));
    assertThat(resume(client).statusCode()).isEqualTo(200);

    ofClients.newAuthority();

    assertThat(resume(client).statusCode()).isEqualTo(401);
    assertThat(resume(client, "Authorization", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
  }

  private SSLContext contextOf(TestCertificates.Pair own) {
    return AccessTls.of(
            Access.builder().caCert(ofServer.caCert()).certificate(own.cert(), own.key()).build())
        .context();
  }

  /** A client with connections of its own. */
  private static HttpClient clientOf(SSLContext sessions) {
    return HttpClient.newBuilder().sslContext(sessions).build();
  }

  @Test
  void handshakesThatAreNotFinishedDoNotBlockThePages() throws Exception {
    start();
    URI url = URI.create(server.url());
    for (int i = 0; i < 30; i++) {
      Socket socket = new Socket(url.getHost(), url.getPort());
      sockets.add(socket);
      socket.getOutputStream().write(new byte[] {0x16, 0x03, 0x01});
    }

    assertThat(get(client(null), "/healthz").statusCode()).isEqualTo(200);
    assertThat(sockets.get(0).isClosed()).isFalse();
  }

  @Test
  void expiryOfBothFilesIsMeasured() throws Exception {
    start(withClients());

    assertThat(get(client(null), "/metrics").body().lines())
        .anyMatch(line -> isExpiry(line) && line.contains("certificate=\"server\""))
        .anyMatch(line -> isExpiry(line) && line.contains("certificate=\"ca\""));
  }

  private static boolean isExpiry(String line) {
    return line.startsWith("etcd_mirror_certificate_expiry_seconds{")
        && line.contains("side=\"http\"")
        && Double.parseDouble(line.substring(line.lastIndexOf(' '))) > 0.9 * 86_400;
  }
}
