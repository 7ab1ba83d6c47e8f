package org.etcdmirror.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile clients of the status server. */
@Tag("long")
class StatusServerAttackTest extends StatusServerFixture {

  private final List<Socket> sockets = new ArrayList<>();

  private Socket send(String text) throws IOException {
    URI url = request("/").build().uri();
    Socket socket = new Socket(url.getHost(), url.getPort());
    sockets.add(socket);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.getOutputStream().write(text.getBytes(UTF_8));
    return socket;
  }

  private String statusLine(String request) throws IOException {
    return new String(send(request).getInputStream().readNBytes(12), UTF_8);
  }

  @AfterEach
  void closeSockets() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void halfSentRequestsDoNotBlockThePages() throws Exception {
    for (int i = 0; i < 30; i++) {
      send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    }

    // Each page in turn, while the others still hold their connections.
    for (String page : List.of("/healthz", "/readyz", "/status", "/metrics")) {
      assertThat(get(page).statusCode()).as(page).isEqualTo(200);
    }
    assertThat(sockets.get(0).isClosed()).isFalse();
  }

  @Test
  void connectionOfAHalfSentRequestIsClosed() throws Exception {
    Socket stalled = send("GET /healthz HTTP/1.1\r\n");

    assertThat(stalled.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void clientsThatWaitForAnIndexDoNotBlockThePages() throws Exception {
    for (int i = 0; i < 60; i++) {
      send("GET /await?index=101&timeout=30s HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    for (String page : List.of("/healthz", "/readyz", "/status", "/metrics")) {
      assertThat(get(page).statusCode()).as(page).isEqualTo(200);
    }
  }

  /** The server ends connections whose answer takes too long, but not these. */
  @Test
  void longWaitIsAnsweredAtItsEnd() throws Exception {
    assertThat(statusLine("GET /await?index=101&timeout=15s HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .isEqualTo("HTTP/1.1 504");
  }

  @Test
  void indexOfAForeignHostNameIsRefused() throws Exception {
    assertThat(statusLine("GET /await?index=1 HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
        .isEqualTo("HTTP/1.1 421");
  }

  @Test
  void pagesAnswerAgainAfterTooManyConnections() throws Exception {
    for (int i = 0; i < 200; i++) {
      try {
        send("GET /");
      } catch (IOException refused) {
        continue;
      }
    }

    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(get("/healthz").statusCode()).isEqualTo(200));
  }

  @Test
  void floodOfHealthChecksIsAnswered() throws Exception {
    try (var clients = new Clients()) {
      List<Future<Integer>> answers =
          IntStream.range(0, 500)
              .mapToObj(i -> clients.threads.submit(() -> get("/healthz").statusCode()))
              .toList();
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8000, 200",
    "10.1.2.3, 200",
    "[::1]:8000, 200",
    "localhost, 200",
    "LOCALHOST.:8000, 200",
    "mirror.example:9, 200",
    "evil.example, 421",
    "evil.example:8000, 421",
    "127.0.0.1.evil.example, 421",
    "'', 421"
  })
  void onlyRequestsForOwnHostNamesAreAnswered(String host, int code) throws Exception {
    String request = "GET /status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";

    assertThat(statusLine(request)).isEqualTo("HTTP/1.1 " + code);
  }

  @Test
  void actionForAForeignHostNameIsRefused() throws Exception {
    approval.set(null);

    assertThat(
            statusLine(
                "POST /approve HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n"))
        .isEqualTo("HTTP/1.1 421");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "same-origin", "none"})
  void actionFromABrowserIsRefused(String site) throws Exception {
    approval.set(null);

    assertThat(
            statusLine(
                "POST /approve HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: "
                    + site
                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
        .isEqualTo("HTTP/1.1 403");
  }

  @Test
  void keptReplyIsServedWhileARefreshHangs() throws Exception {
    AtomicBoolean hangs = new AtomicBoolean();
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    KeptReply page =
        new KeptReply(() -> {
          if (hangs.get()) {
            asked.countDown();
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return StatusReply.text(200, "following");
        });
    assertThat(page.get().code()).isEqualTo(200);
    hangs.set(true);
    try (var clients = new Clients()) {
      Future<?> hanging =
          clients.threads.submit(() -> {
            while (asked.getCount() > 0) {
              page.get();
            }
          });
      asked.await();

      assertThat(page.get().code()).isEqualTo(200);
      assertThat(hanging.isDone()).isFalse();
      released.countDown();
      hanging.get();
    }
  }

  private static final class Clients implements AutoCloseable {

    final ExecutorService threads = Executors.newFixedThreadPool(20);

    @Override
    public void close() {
      threads.shutdownNow();
    }
  }
}
