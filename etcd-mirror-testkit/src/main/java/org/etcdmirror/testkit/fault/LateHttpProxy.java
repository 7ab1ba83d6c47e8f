package org.etcdmirror.testkit.fault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP/1.1 proxy on a free loopback port that lets a server execute writes late: later than
 * their sender was told that the connection is lost. It forwards all other requests. Safe for use
 * by many threads.
 */
public final class LateHttpProxy implements AutoCloseable {

  private final URI target;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(threads).build();
  private final Queue<HttpRequest> held = new ConcurrentLinkedQueue<>();
  private volatile boolean holding;

  private LateHttpProxy(URI target) throws IOException {
    this.target = target;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
  }

  /** A proxy in front of a server, {@code http://HOST:PORT}. */
  public static LateHttpProxy to(URI server) {
    try {
      LateHttpProxy proxy = new LateHttpProxy(server);
      proxy.server.start();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The client URL of the proxy, {@code http://127.0.0.1:PORT}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /**
   * Whether each request but a GET or a HEAD is held back from now on. Its connection is closed
   * without an answer.
   */
  public void holdWrites(boolean on) {
    holding = on;
  }

  /**
   * Sends what was held back to the server, in order, and waits for the answers.
   *
   * @return how many requests these were
   */
  public int executeHeldWrites() throws IOException, InterruptedException {
    int executed = 0;
    for (HttpRequest next = held.poll(); next != null; next = held.poll()) {
      client.send(next, BodyHandlers.discarding());
      executed++;
    }
    return executed;
  }

  /** Closes all connections; harmless when repeated. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpRequest request = request(exchange);
      if (holding && !isRead(request)) {
        held.add(request);
      } else {
        answer(exchange, client.send(request, BodyHandlers.ofByteArray()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isRead(HttpRequest request) {
    return request.method().equals("GET") || request.method().equals("HEAD");
  }

  private HttpRequest request(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
    for (String name : new String[] {"Content-Type", "Authorization"}) {
      String value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    return request.build();
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> response)
      throws IOException {
    response
        .headers()
        .map()
        .forEach((name, values) -> {
          if (!name.equalsIgnoreCase("Content-Length")
              && !name.equalsIgnoreCase("Transfer-Encoding")) {
            exchange.getResponseHeaders().put(name, values);
          }
        });
    byte[] body = response.body();
    exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }
}
