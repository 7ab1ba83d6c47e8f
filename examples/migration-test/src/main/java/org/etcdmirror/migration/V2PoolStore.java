package org.etcdmirror.migration;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Hosts in etcd v2, by its HTTP API. */
final class V2PoolStore implements PoolStore {

  private static final int KEY_NOT_FOUND = 100;
  private static final int COMPARE_FAILED = 101;

  private final JsonHttp http;

  V2PoolStore(JsonHttp http) {
    this.http = http;
  }

  @Override
  public SortedMap<HostKey, HostState> readAll() throws IOException, InterruptedException {
    SortedMap<HostKey, HostState> hosts = new TreeMap<>();
    JsonHttp.Answer answer = ask("GET", HostKey.ROOT, "?quorum=true&recursive=true", "");
    if (!isError(answer, KEY_NOT_FOUND)) {
      collect(checked("reading all hosts", answer).get("node"), hosts);
    }
    return hosts;
  }

  private static void collect(JsonNode node, SortedMap<HostKey, HostState> hosts)
      throws IOException {
    if (node.path("dir").asBoolean()) {
      for (JsonNode below : node.path("nodes")) {
        collect(below, hosts);
      }
    } else {
      String path = node.get("key").asText();
      hosts.put(HostKey.ofPath(path), HostState.parse(path, node.get("value").asText()));
    }
  }

  @Override
  public Optional<Versioned> read(HostKey key) throws IOException, InterruptedException {
    JsonHttp.Answer answer = ask("GET", key.path(), "?quorum=true", "");
    if (isError(answer, KEY_NOT_FOUND)) {
      return Optional.empty();
    }
    JsonNode node = checked("reading " + key, answer).get("node");
    HostState state = HostState.parse(key.path(), node.path("value").asText());
    return Optional.of(new Versioned(state, node.get("modifiedIndex").asLong()));
  }

  @Override
  public void write(HostKey key, HostState state) throws IOException, InterruptedException {
    checked("writing " + key, ask("PUT", key.path(), "", value(state)));
  }

  @Override
  public boolean replace(HostKey key, HostState state, long version)
      throws IOException, InterruptedException {
    JsonHttp.Answer answer = ask("PUT", key.path(), "", value(state) + "&prevIndex=" + version);
    if (isError(answer, COMPARE_FAILED) || isError(answer, KEY_NOT_FOUND)) {
      return false;
    }
    checked("replacing " + key, answer);
    return true;
  }

  @Override
  public void remove(HostKey key) throws IOException, InterruptedException {
    JsonHttp.Answer answer = ask("DELETE", key.path(), "", "");
    if (!isError(answer, KEY_NOT_FOUND)) {
      checked("removing " + key, answer);
    }
  }

  private static String value(HostState state) {
    return "value=" + URLEncoder.encode(state.json(), UTF_8);
  }

  private JsonHttp.Answer ask(String method, String path, String query, String form)
      throws IOException, InterruptedException {
    return http.ask(
        method,
        encoded("/v2/keys" + path) + query,
        "application/x-www-form-urlencoded",
        form.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(form));
  }

  private static String encoded(String path) {
    try {
      return new URI(null, null, path, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + path + "' is no path", e);
    }
  }

  private static boolean isError(JsonHttp.Answer answer, int code) {
    return answer.json().path("errorCode").asInt() == code;
  }

  private JsonNode checked(String what, JsonHttp.Answer answer) throws IOException {
    if (answer.status() != 200 && answer.status() != 201) {
      throw http.failure(what, answer);
    }
    return answer.json();
  }
}
