package org.etcdmirror.v2.internal.lead;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.index.V2Link;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class V2CandidateTest {

  private HttpServer server;
  private V2Candidate candidate;

  /** The value of the leader's key. */
  private @Nullable String held;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v2/keys/", this::answer);
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    candidate =
        new V2Candidate(
            V2Client.connect(List.of(url)),
            V2Link.called("/conf"),
            "me",
            Duration.ofSeconds(20),
            lead -> {
              throw new UnsupportedOperationException();
            });
  }

  @AfterEach
  void stop() {
    candidate.close();
    server.stop(0);
  }

  /** Knows one key, as etcd v2 does. */
  private synchronized void answer(HttpExchange exchange) throws IOException {
    String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String form = URLDecoder.decode(sent, StandardCharsets.UTF_8);
    boolean isLeader = exchange.getRequestURI().getPath().contains("__leader__");
    String value = isLeader ? held : null;
    if (exchange.getRequestMethod().equals("PUT")) {
      if (form.contains("prevExist=false") && value != null) {
        reply(exchange, 412, error(105));
        return;
      }
      if (!form.contains("prevExist=true") || value != null) {
        held = value = form.replaceAll("(?s).*(leader=\\w+\nid=[-\\w]+\n).*", "$1");
      }
    }
    if (value == null) {
      reply(exchange, 404, error(100));
    } else {
      String node =
          "{\"key\":\"/k\",\"value\":\"%s\",\"modifiedIndex\":9,\"createdIndex\":9}"
              .formatted(value.replace("\n", "\\n"));
      reply(exchange, 200, "{\"action\":\"get\",\"node\":" + node + "}");
    }
  }

  private static String error(int code) {
    return "{\"errorCode\":%d,\"message\":\"no\",\"cause\":\"/k\",\"index\":9}".formatted(code);
  }

  private static void reply(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("X-Etcd-Index", "9");
    exchange.getResponseHeaders().set("X-Etcd-Cluster-Id", "c1");
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  private synchronized void termRunsOut() {
    held = null;
  }

  @Test
  void leadIsProlonged() throws Exception {
    assertThat(candidate.ask().isMine()).isTrue();
    assertThat(candidate.ask().isMine()).isTrue();
  }

  @Test
  void leadThatRanOutIsToldBeforeItIsTakenAgain() throws Exception {
    assertThat(candidate.ask().isMine()).isTrue();
    termRunsOut();
    assertThat(candidate.ask().isMine()).as("another may have led meanwhile").isFalse();
    assertThat(candidate.ask().isMine()).isTrue();
  }
}
