package org.etcdmirror.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class V3HttpTest {

  private static final Bytes BINARY = Bytes.of(new byte[] {'/', 'b', 0, (byte) 0xff});

  private static EtcdServer server;
  private static V3Http http;

  @BeforeAll
  static void start() {
    server = EtcdServer.start();
    http = new V3Http(server.clientUrl());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void binaryKeysAndValuesAreWrittenAndRead() {
    long revision =
        http.commit(List.of(Write.put(BINARY, BINARY), Write.put(Bytes.utf8("/b/a"), Bytes.EMPTY)));
    assertThat(http.values("/b"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(BINARY, BINARY, Bytes.utf8("/b/a"), Bytes.EMPTY));
    assertThat(http.modRevision("/b/a")).isEqualTo(revision);
    assertThat(http.deletePrefix("/b")).isEqualTo(revision + 1);
    assertThat(http.values("/b")).isEmpty();
    assertThat(http.values("")).doesNotContainKey(BINARY);
  }

  /** Answers as a busy etcd does, and so many times before the real one is asked. */
  private static HttpServer busy(int timeOuts) throws IOException {
    HttpServer busy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger left = new AtomicInteger(timeOuts);
    busy.createContext(
        "/",
        exchange -> {
          boolean late = left.getAndDecrement() > 0;
          byte[] body =
              (late
                      ? "{\"error\":\"etcdserver: request timed out\",\"code\":14}"
                      : "{\"header\":{\"revision\":\"7\"}}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          // As etcd does. This server closes the connection anyway, and a client that is not told
          // may send its next request on it.
          exchange.getResponseHeaders().set("Connection", "close");
          exchange.sendResponseHeaders(late ? 503 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    busy.start();
    return busy;
  }

  private static V3Http of(HttpServer busy) {
    return new V3Http(URI.create("http://127.0.0.1:" + busy.getAddress().getPort()));
  }

  @Test
  void writeThatBusyServerDoesNotAnswerInItsTimeIsRepeated() throws Exception {
    HttpServer busy = busy(3);
    try {
      assertThat(of(busy).put("/a", "1")).isEqualTo(7);
    } finally {
      busy.stop(0);
    }
  }

  @Test
  void timeOutOfWhatMayNotHappenTwiceIsReported() throws Exception {
    HttpServer busy = busy(1);
    try {
      assertThatThrownBy(() -> of(busy).grantLease(60)).hasMessageContaining("timed out");
    } finally {
      busy.stop(0);
    }
  }

  @Test
  void compactedHistoryIsReported() {
    long revision = http.put("/c", "1");
    http.put("/c", "2");
    http.compact(revision + 1);
    assertThatThrownBy(() -> http.compact(revision)).hasMessageContaining("compacted");
    http.delete("/c");
    assertThat(http.modRevision("/c")).isZero();
  }

  @Test
  void serverWithAFullQuotaTakesNoPut() {
    http.alarmNoSpace(true);
    assertThatThrownBy(() -> http.put("/d", "1")).hasMessageContaining("database space exceeded");
    http.alarmNoSpace(false);
    http.put("/d", "1");
    assertThat(http.deletePrefix("/d")).isEqualTo(http.revision());
  }

  @Test
  void changedPasswordAloneLogsIn() {
    try (EtcdServer withUsers = EtcdServer.start()) {
      V3Http root = new V3Http(withUsers.clientUrl()).enableAuth("root");
      root.user("reader", "old", "root");
      root.changePassword("reader", "new");
      assertThatThrownBy(() -> root.as("reader", "old")).hasMessageContaining("authentication");
      assertThat(root.as("reader", "new").revision()).isEqualTo(root.revision());
    }
  }
}
