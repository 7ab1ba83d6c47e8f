package org.etcdmirror.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.etcdmirror.core.MirrorStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mirror's status over HTTP, for probes, scrapers and people. Answers GET and HEAD only. */
final class StatusServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StatusServer.class);
  private static final int THREADS = 2;

  static {
    // Seconds; without them a client that stalls in the middle would hold a thread for ever.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "10");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, Threads::daemon);
  private final Map<String, Supplier<StatusReply>> pages;

  private StatusServer(
      HttpServer server, Supplier<MirrorStatus> status, PrometheusMeterRegistry registry) {
    this.server = server;
    this.pages =
        Map.of(
            "/healthz", () -> StatusReply.health(status.get()),
            "/readyz", () -> StatusReply.readiness(status.get()),
            "/status", () -> StatusReply.json(status.get()),
            "/lag", () -> StatusReply.lag(status.get()),
            "/metrics", () -> StatusReply.metrics(registry.scrape()));
  }

  /**
   * A server that has begun to serve.
   *
   * @throws ServiceException if it cannot listen there
   */
  static StatusServer start(
      InetSocketAddress address, Supplier<MirrorStatus> status, MeterBinder meters) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    meters.bindTo(registry);
    try {
      StatusServer server = new StatusServer(HttpServer.create(address, 0), status, registry);
      server.begin();
      return server;
    } catch (IOException | RuntimeException e) {
      String why = address.isUnresolved() ? "unknown host" : String.valueOf(e.getMessage());
      throw new ServiceException(
          "--http: cannot listen on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), why),
          e);
    }
  }

  private void begin() {
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    log.info("status on {}", url());
  }

  /** Where it is, with the real port. */
  String url() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    return "http://%s:%d"
        .formatted(host.contains(":") ? "[" + host + "]" : host, address.getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean head = exchange.getRequestMethod().equals("HEAD");
      StatusReply reply = reply(exchange, head);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", reply.contentType());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      if (head) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
      }
      exchange.sendResponseHeaders(reply.code(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private StatusReply reply(HttpExchange exchange, boolean head) {
    Supplier<StatusReply> page = pages.get(exchange.getRequestURI().getPath());
    if (page == null) {
      return StatusReply.text(
          404, "there are " + String.join(", ", pages.keySet().stream().sorted().toList()));
    }
    if (!head && !exchange.getRequestMethod().equals("GET")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return StatusReply.text(405, "GET and HEAD only");
    }
    try {
      return page.get();
    } catch (RuntimeException e) {
      log.error("{} failed", exchange.getRequestURI().getPath(), e);
      return StatusReply.text(500, "failed; the log says why");
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static final class Threads {

    private Threads() {}

    static Thread daemon(Runnable task) {
      Thread thread = new Thread(task, "status");
      thread.setDaemon(true);
      return thread;
    }
  }
}
