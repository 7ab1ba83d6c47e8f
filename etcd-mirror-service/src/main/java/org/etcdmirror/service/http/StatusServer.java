package org.etcdmirror.service.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.config.PageAccess;
import org.etcdmirror.service.config.ServiceException;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the status of mirrors over HTTP to probes, scrapers and people, and takes their requests.
 * Pages answer GET and HEAD, actions POST. All may read; who may act is for {@link Guard}.
 */
public final class StatusServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StatusServer.class);
  private static final long GRACE_SECONDS = 2;

  /** The number of threads is the same, since a client that stalls holds one. */
  private static final int MAX_CONNECTIONS = 64;

  private static final int MISDIRECTED = 421;

  static {
    // Seconds after which a client that stalls loses its connection and its thread.
    System.setProperty("sun.net.httpserver.maxReqTime", "5");
    System.setProperty(
        "sun.net.httpserver.maxRspTime", String.valueOf(WaitRequest.LONGEST.toSeconds() + 10));
    System.setProperty("sun.net.httpserver.idleInterval", "10");
    System.setProperty("jdk.httpserver.maxConnections", String.valueOf(MAX_CONNECTIONS));
  }

  /** What a POST does. */
  @FunctionalInterface
  public interface Action {

    /**
     * Does it.
     *
     * @param parameters the parameters of the query
     */
    StatusReply act(Map<String, String> parameters);
  }

  private final HttpServer server;
  private final HostNames hosts;
  private final Acts acts;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MAX_CONNECTIONS,
          MAX_CONNECTIONS,
          GRACE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Threads::daemon);
  private final StatusPage statusPage = new StatusPage();
  private final Pages pages;

  private StatusServer(HttpServer server, HostNames hosts, Acts acts, Pages pages) {
    this.server = server;
    this.hosts = hosts;
    this.acts = acts;
    this.pages = pages;
  }

  /**
   * Starts a server for one mirror.
   *
   * @param hostNames further host names that requests may use
   * @param access who may use the pages
   * @param waits the clients that wait for an index; closed with the server
   * @param actions what a POST to each path does
   * @throws ServiceException if it cannot listen there
   */
  static StatusServer start(
      InetSocketAddress address,
      List<String> hostNames,
      PageAccess access,
      Supplier<MirrorStatus> status,
      IndexWaits waits,
      Map<String, Action> actions,
      MeterBinder meters) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    meters.bindTo(registry);
    Map<String, Supplier<StatusReply>> metrics =
        Map.of("/metrics", () -> StatusReply.metrics(registry.scrape()));
    return start(address, hostNames, access, new MirrorPages("", status, waits, actions, metrics));
  }

  /**
   * Starts a server.
   *
   * @param hostNames further host names that requests may use
   * @param access who may use the pages
   * @param pages what it answers; closed with the server
   * @throws ServiceException if it cannot listen there
   */
  static StatusServer start(
      InetSocketAddress address, List<String> hostNames, PageAccess access, Pages pages) {
    try {
      StatusServer server =
          new StatusServer(
              PageTls.create(address, access),
              new HostNames(address, hostNames),
              new Acts(new Guard(access)),
              pages);
      server.begin();
      return server;
    } catch (IOException | RuntimeException e) {
      pages.close();
      String why = address.isUnresolved() ? "unknown host" : String.valueOf(e.getMessage());
      throw new ServiceException(
          "--http: cannot listen on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), why),
          e);
    }
  }

  private void begin() {
    threads.allowCoreThreadTimeOut(true);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    log.info(ServiceLogEvent.PAGES_SERVED.marker(), "status on {}", url());
  }

  /** Returns the address, with the real port. */
  public String url() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    return "%s://%s:%d"
        .formatted(
            server instanceof HttpsServer ? "https" : "http",
            host.contains(":") ? "[" + host + "]" : host,
            address.getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    CompletableFuture<StatusReply> reply = reply(exchange);
    if (reply.isDone()) {
      send(exchange, reply.join());
    } else {
      CompletableFuture<Void> unused =
          reply.thenAcceptAsync(later -> sendLater(exchange, later), threads);
    }
  }

  private static void sendLater(HttpExchange exchange, StatusReply reply) {
    try {
      send(exchange, reply);
    } catch (IOException e) {
      log.debug("a client that waited is gone: {}", e.getMessage());
    }
  }

  private static void send(HttpExchange exchange, StatusReply reply) throws IOException {
    try (exchange) {
      boolean head = exchange.getRequestMethod().equals("HEAD");
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", reply.contentType());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      StatusPage.restrict(exchange.getResponseHeaders());
      if (head) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
      }
      exchange.sendResponseHeaders(reply.code(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private CompletableFuture<StatusReply> reply(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    boolean isRead = method.equals("GET") || method.equals("HEAD");
    boolean isHere = hosts.accept(exchange.getRequestHeaders().getFirst("Host"));
    IndexWaits waits = isHere ? pages.waits(path) : null;
    return waits != null && isRead
        ? waits.ask(parameters(exchange)).exceptionally(e -> failed(path, e))
        : CompletableFuture.completedFuture(reply(exchange, path, isHere, isRead));
  }

  private StatusReply reply(HttpExchange exchange, String path, boolean isHere, boolean isRead) {
    if (!isHere) {
      return StatusReply.text(
          MISDIRECTED, "unknown host name; add it with --http-host; known are: " + hosts);
    }
    Supplier<StatusReply> page = page(path);
    Action action = pages.action(path);
    if (page != null || pages.waits(path) != null) {
      return page != null && isRead
          ? answer(path, page)
          : notAllowed(exchange, "GET, HEAD", "GET and HEAD only");
    }
    if (action != null) {
      return exchange.getRequestMethod().equals("POST")
          ? answer(path, () -> acts.act(exchange, path, parameters(exchange), action))
          : notAllowed(exchange, "POST", "POST only");
    }
    return StatusReply.text(404, "no such page; " + pages.known());
  }

  private @Nullable Supplier<StatusReply> page(String path) {
    StatusReply file = statusPage.at(path);
    return file == null ? pages.page(path) : () -> file;
  }

  private static StatusReply notAllowed(HttpExchange exchange, String methods, String line) {
    exchange.getResponseHeaders().set("Allow", methods);
    return StatusReply.text(405, line);
  }

  /** Reads the query; of two parameters of one name, the last counts. */
  private static Map<String, String> parameters(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    Map<String, String> parameters = new HashMap<>();
    for (String part : query == null ? new String[0] : query.split("&", -1)) {
      String[] sides = part.split("=", 2);
      parameters.put(decoded(sides[0]), sides.length == 1 ? "" : decoded(sides[1]));
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static StatusReply answer(String path, Supplier<StatusReply> reply) {
    try {
      return reply.get();
    } catch (RuntimeException e) {
      return failed(path, e);
    }
  }

  private static StatusReply failed(String path, Throwable e) {
    log.error(ServiceLogEvent.PAGE_FAILED.marker(), "{} failed", path, e);
    return StatusReply.text(500, "the page failed; see the log");
  }

  /** Answers current requests first: one of them may have asked for this end. */
  @Override
  public void close() {
    pages.close();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        log.warn(
            ServiceLogEvent.REQUEST_CUT_OFF.marker(),
            "a request was cut off: it took longer than {} s",
            GRACE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
