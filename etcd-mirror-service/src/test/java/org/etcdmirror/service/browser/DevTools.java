package org.etcdmirror.service.browser;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection of the DevTools protocol: commands with answers, and events. */
final class DevTools implements WebSocket.Listener, AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final WebSocket socket;

  DevTools(URI address) {
    this.socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, this).join();
  }

  /** Sends a command and waits for its result. */
  JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    Map<String, ?> command = Map.of("id", id, "method", method, "params", parameters);
    socket.sendText(JSON.writeValueAsString(command), true).join();
    JsonNode message = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (message.has("error")) {
      throw new AssertionError(method + ": " + message.get("error"));
    }
    return message.get("result");
  }

  /** The events so far. */
  List<JsonNode> events() {
    return events;
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    text.append(part);
    if (last) {
      receive(text.toString());
      text.setLength(0);
    }
    from.request(1);
    return CompletableFuture.completedStage(null);
  }

  private void receive(String message) {
    try {
      JsonNode json = JSON.readTree(message);
      if (json.has("id")) {
        waiting.remove(json.get("id").intValue()).complete(json);
      } else {
        events.add(json);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(message, e);
    }
  }

  @Override
  public void close() {
    socket.abort();
  }
}
