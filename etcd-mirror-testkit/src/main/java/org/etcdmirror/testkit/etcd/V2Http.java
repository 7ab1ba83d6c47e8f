package org.etcdmirror.testkit.etcd;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A tiny client of etcd's v2 API that shares no code with the product, for tests to write and to
 * look with. Paths are given as people write them, {@code /conf/a b?}, and are percent-encoded
 * here. Each request has a connection of its own, and throws {@link UncheckedIOException} if there
 * is no answer. Safe for use by many threads.
 */
public final class V2Http {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String LITERAL =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

  private final URI server;
  private final @Nullable String authorization;

  /**
   * A client.
   *
   * @param server where etcd is, {@code http://HOST:PORT}
   */
  public V2Http(URI server) {
    this(requireNonNull(server, "server"), null);
  }

  private V2Http(URI server, @Nullable String authorization) {
    this.server = server;
    this.authorization = authorization;
  }

  /** The same as a user. */
  public V2Http as(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return new V2Http(server, "Basic " + Base64.getEncoder().encodeToString(both));
  }

  /**
   * Makes the user {@code root}, switches authentication on and shuts everybody else out.
   *
   * @return a client that is root
   */
  public V2Http enableAuth(String rootPassword) {
    ask("PUT", "/v2/auth/users/root", Map.of("user", "root", "password", rootPassword));
    ask("PUT", "/v2/auth/enable", Map.of());
    V2Http root = as("root", rootPassword);
    Map<String, Object> everything = Map.of("read", List.of("/*"), "write", List.of("/*"));
    root.ask(
        "PUT", "/v2/auth/roles/guest", Map.of("role", "guest", "revoke", Map.of("kv", everything)));
    return root;
  }

  /** Switches authentication on or off, as root. */
  public void auth(boolean on) {
    ask(on ? "PUT" : "DELETE", "/v2/auth/enable", Map.of());
  }

  /** Adds a user, or changes the password of one. */
  public void user(String name, String password, String... roles) {
    ask(
        "PUT",
        "/v2/auth/users/" + name,
        Map.of("user", name, "password", password, "roles", List.of(roles)));
  }

  /** Adds a role that may read and write keys that match any of these patterns. */
  public void role(String name, List<String> read, List<String> write) {
    Map<String, Object> keys = Map.of("read", read, "write", write);
    ask("PUT", "/v2/auth/roles/" + name, Map.of("role", name, "permissions", Map.of("kv", keys)));
  }

  private void ask(String method, String path, Map<String, Object> question) {
    URI uri = server.resolve(path);
    try {
      String json = JSON.writeValueAsString(question);
      Http.Answer answer =
          Http.request(method, uri, json, "application/json", authorization, PATIENCE);
      if (answer.status() >= 300) {
        throw new IllegalStateException(path + " " + answer.status() + ": " + answer.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + uri, e);
    }
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param body the body as it came
   * @param etcdIndex the {@code X-Etcd-Index} header; -1 if there was none
   */
  public record Response(int status, String body, long etcdIndex) {

    /**
     * The body as JSON.
     *
     * @throws IllegalStateException if it is something else
     */
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("not JSON, status " + status + ": " + body, e);
      }
    }

    /** The {@code modifiedIndex} of the node in it. */
    public long modifiedIndex() {
      JsonNode index = json().path("node").path("modifiedIndex");
      if (!index.isNumber()) {
        throw new IllegalStateException("no node in it, status " + status + ": " + body);
      }
      return index.longValue();
    }
  }

  /** Sets a value. */
  public Response put(String path, String value) {
    return put(path, Map.of("value", value));
  }

  /** Sends a form, for example {@code dir=true} or {@code value=x&ttl=5}. */
  public Response put(String path, Map<String, String> form) {
    return request("PUT", path, "", encode(form));
  }

  /** Deletes; the query may say {@code recursive=true}, {@code dir=true} or nothing. */
  public Response delete(String path, String query) {
    return request("DELETE", path, query, null);
  }

  /** Reads; the query may say {@code quorum=true}, {@code recursive=true} or nothing. */
  public Response get(String path, String query) {
    return request("GET", path, query, null);
  }

  /** The newest index, by a quorum read. */
  public long index() {
    return get("/", "quorum=true").etcdIndex();
  }

  /**
   * Reads everything below a path by a quorum read: each value under its full path, each directory
   * under its full path and a slash with an empty value. Empty if there is nothing. As always in
   * v2, whatever is below a segment that begins with {@code _} is not seen unless the path itself
   * leads there.
   */
  public Map<String, String> tree(String path) {
    Response response = get(path, "quorum=true&recursive=true");
    if (response.status() == 404 && response.json().path("errorCode").intValue() == 100) {
      return Map.of();
    }
    if (response.status() != 200) {
      throw new IllegalStateException("GET " + path + ": " + response);
    }
    Map<String, String> found = new TreeMap<>();
    collect(response.json().path("node").path("nodes"), found);
    return found;
  }

  /**
   * The number of watches of v2 that are open at this member. A watch is open from when its request
   * has arrived until its event happens.
   */
  public int watches() {
    return requestAt("GET", "/v2/stats/store", null).json().path("watchers").intValue();
  }

  private static void collect(JsonNode nodes, Map<String, String> found) {
    for (JsonNode node : nodes) {
      String key = node.path("key").textValue();
      if (node.path("dir").booleanValue()) {
        found.put(key + "/", "");
        collect(node.path("nodes"), found);
      } else {
        found.put(key, node.path("value").textValue());
      }
    }
  }

  private Response request(String method, String path, String query, @Nullable String form) {
    return requestAt(
        method, "/v2/keys" + encodePath(path) + (query.isEmpty() ? "" : "?" + query), form);
  }

  private Response requestAt(String method, String place, @Nullable String form) {
    URI uri = server.resolve(place);
    try {
      Http.Answer answer = Http.request(method, uri, form, FORM, authorization, PATIENCE);
      return new Response(answer.status(), answer.body(), answer.etcdIndex());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + uri, e);
    }
  }

  /** Percent-encodes all but slashes and what RFC 3986 calls unreserved. */
  static String encodePath(String path) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      if (LITERAL.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append("%02X".formatted(b));
      }
    }
    return encoded.toString();
  }

  private static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
