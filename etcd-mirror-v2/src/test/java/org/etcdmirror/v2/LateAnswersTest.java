package org.etcdmirror.v2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that sends headers and then hangs for a while, as one under load or a lossy line do. */
@Timeout(600)
class LateAnswersTest {

  private final CountDownLatch testIsOver = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();
  private ExecutorService threads;
  private HttpServer server;
  private V2Client client;

  @BeforeEach
  void start() throws IOException {
    threads = Executors.newCachedThreadPool();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    client = V2Client.connect(List.of("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    testIsOver.countDown();
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set(V2Client.ETCD_INDEX, "7");
    exchange.getResponseHeaders().set(V2Client.CLUSTER_ID, "c");
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().flush();
    boolean late = requests.incrementAndGet() == 1;
    boolean match = exchange.getRequestURI().getQuery().endsWith("waitIndex=5");
    if (match && !late) {
      String event =
          "{\"action\":\"set\",\"node\":{\"key\":\"/conf/a\",\"value\":\"1\",\"modifiedIndex\":6,\"createdIndex\":6}}\n";
      exchange.getResponseBody().write(event.getBytes(UTF_8));
      exchange.close();
      return;
    }
    try {
      testIsOver.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  @Test
  void silenceIsBelievedOnlyWhenAnotherConnectionIsSilentToo() throws Exception {
    HistoryReader history = new HistoryReader(client, "/conf");
    List<V2Event> events = history.read(client.endpoint(0), 5, 7);
    assertThat(events).extracting(event -> event.node().modifiedIndex()).containsExactly(6L);
  }
}
