package org.etcdmirror.v2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.api.Anchor.Check.BROKEN;
import static org.etcdmirror.api.Anchor.Check.HOLDS;
import static org.etcdmirror.api.Anchor.Check.UNKNOWN;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Members whose history is behind what their cluster agrees on. A real one answers a quorum read
 * only when it has caught up, so behind one address there may be several, as behind a load
 * balancer.
 */
@Timeout(600)
class V2LaggingMemberTest {

  private static final Anchor ANCHOR = new Anchor(Bytes.utf8("/conf/a"), 5, 90);
  private static final String DELETED_LATER =
      """
      {"action":"delete","node":{"key":"/conf/a","modifiedIndex":95,"createdIndex":5},\
      "prevNode":{"key":"/conf/a","value":"1","modifiedIndex":5,"createdIndex":5}}
      """;

  private final CountDownLatch testIsOver = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HttpServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    testIsOver.countDown();
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }

  /**
   * A server that answers at index 100 that there is no such key.
   *
   * @param historyIndex the index of the one that looks into its history
   * @param event what it finds there; empty for nothing
   */
  private String server(String clusterId, long historyIndex, String event) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, clusterId, historyIndex, event));
    server.start();
    servers.add(server);
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange, String clusterId, long historyIndex, String event)
      throws IOException {
    boolean wait = exchange.getRequestURI().getQuery().contains("wait=true");
    exchange.getResponseHeaders().set(V2Client.ETCD_INDEX, "" + (wait ? historyIndex : 100));
    exchange.getResponseHeaders().set(V2Client.CLUSTER_ID, clusterId);
    exchange.sendResponseHeaders(wait ? 200 : 404, 0);
    String body =
        wait
            ? event
            : "{\"errorCode\":100,\"message\":\"Key not found\",\"cause\":\"/\",\"index\":100}";
    exchange.getResponseBody().write(body.getBytes(UTF_8));
    exchange.getResponseBody().flush();
    try {
      if (body.isEmpty()) {
        testIsOver.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static Anchor.Check check(String... endpoints) throws Exception {
    try (V2Source source = V2Source.builder().endpoints(endpoints).build()) {
      return source.check(ANCHOR);
    }
  }

  @Test
  void silenceOfOneThatIsBehindProvesNothing() throws Exception {
    assertThat(check(server("c", 80, ""))).as("behind the anchor").isEqualTo(UNKNOWN);
    assertThat(check(server("c", 99, ""))).as("behind the others").isEqualTo(UNKNOWN);
    assertThat(check(server("c", 100, ""))).as("level").isEqualTo(BROKEN);
  }

  @Test
  void anotherIsAskedThen() throws Exception {
    assertThat(check(server("c", 99, ""), server("c", 101, DELETED_LATER))).isEqualTo(HOLDS);
  }

  @Test
  void oneOfAnotherClusterIsNotBelieved() throws Exception {
    String strange = server("c", 100, "");
    servers.get(0).removeContext("/");
    servers
        .get(0)
        .createContext(
            "/",
            exchange -> {
              boolean wait = exchange.getRequestURI().getQuery().contains("wait=true");
              answer(exchange, wait ? "another" : "c", 100, DELETED_LATER);
            });
    assertThat(check(strange)).isEqualTo(UNKNOWN);
    assertThat(check(strange, server("c", 100, DELETED_LATER))).isEqualTo(HOLDS);
  }

  @Test
  void noneThatAnswersMayPass() throws Exception {
    String cut = server("c", 100, "{\"action\":\"delete\"");
    assertThatThrownBy(() -> check(cut)).isInstanceOf(IOException.class);
  }
}
