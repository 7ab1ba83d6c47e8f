package org.etcdmirror.webhooksink;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;

/** What a receiver of the webhook has to do: take each batch once, and answer then. */
final class Receiver implements AutoCloseable {

  /** A status that {@link #answers} may give in place of a real one. */
  static final int NONE = 0;

  private static final int OK = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SortedMap<Bytes, Bytes> data = new TreeMap<>();
  private final Set<String> taken = new HashSet<>();
  private final List<String> idempotencyKeys = new ArrayList<>();
  private String identity = "";
  private IntUnaryOperator answers = number -> OK;

  private Receiver() throws IOException {
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
  }

  static Receiver start() throws IOException {
    Receiver receiver = new Receiver();
    receiver.server.start();
    return receiver;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/events");
  }

  /**
   * Sets the status of the answer to each POST by its number, from 1. Whatever is less than 300 is
   * carried out before; after {@link #NONE} the connection is closed without an answer.
   */
  synchronized void answers(IntUnaryOperator statusByNumber) {
    answers = statusByNumber;
    idempotencyKeys.clear();
  }

  synchronized SortedMap<Bytes, Bytes> data() {
    return new TreeMap<>(data);
  }

  /** The idempotency key of each POST since {@link #answers}. */
  synchronized List<String> idempotencyKeys() {
    return List.copyOf(idempotencyKeys);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      int status = OK;
      String content = "";
      if (exchange.getRequestMethod().equals("POST")) {
        status = post(exchange.getRequestHeaders().getFirst("Idempotency-Key"), body);
      } else {
        content = identity(exchange.getRequestMethod().equals("PUT"), new String(body, UTF_8));
      }
      if (status != NONE) {
        byte[] answer = content.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
      }
    }
  }

  private synchronized String identity(boolean change, String text) {
    if (change) {
      identity = text;
      return "";
    }
    return identity;
  }

  private synchronized int post(String idempotencyKey, byte[] body) throws IOException {
    idempotencyKeys.add(idempotencyKey);
    int status = answers.applyAsInt(idempotencyKeys.size());
    if (status < 300 && taken.add(idempotencyKey)) {
      for (JsonNode event : JSON.readTree(body).get("events")) {
        take(event);
      }
    }
    return status;
  }

  private void take(JsonNode event) throws IOException {
    Bytes key = Bytes.of(event.get("key").binaryValue());
    switch (event.get("what").asText()) {
      case "put" -> data.put(key, Bytes.of(event.get("value").binaryValue()));
      case "delete" -> data.remove(key);
      case "delete-tree" -> data.keySet().removeIf(each -> KeyModel.PATHS.covers(key, each));
      default -> throw new IOException("unknown event " + event);
    }
  }
}
