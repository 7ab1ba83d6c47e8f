package org.etcdmirror.migration;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Hosts in etcd v3, by the JSON gateway that each etcd from 3.4 on has: for the few requests of a
 * small application it is enough, and needs no library.
 */
final class V3PoolStore implements PoolStore {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonHttp http;

  V3PoolStore(JsonHttp http) {
    this.http = http;
  }

  @Override
  public SortedMap<HostKey, HostState> readAll() throws IOException, InterruptedException {
    // '0' follows '/' in ASCII: all keys that begin with the root and a slash.
    ObjectNode range = key(HostKey.ROOT + "/").put("range_end", base64(HostKey.ROOT + "0"));
    SortedMap<HostKey, HostState> hosts = new TreeMap<>();
    for (JsonNode found : ask("range", range).path("kvs")) {
      String path = text(found.get("key"));
      hosts.put(HostKey.ofPath(path), HostState.parse(path, text(found.path("value"))));
    }
    return hosts;
  }

  @Override
  public Optional<Versioned> read(HostKey key) throws IOException, InterruptedException {
    JsonNode found = ask("range", key(key.path())).path("kvs").path(0);
    if (found.isMissingNode()) {
      return Optional.empty();
    }
    HostState state = HostState.parse(key.path(), text(found.path("value")));
    return Optional.of(new Versioned(state, found.get("mod_revision").asLong()));
  }

  @Override
  public void write(HostKey key, HostState state) throws IOException, InterruptedException {
    ask("put", put(key, state));
  }

  @Override
  public boolean replace(HostKey key, HostState state, long version)
      throws IOException, InterruptedException {
    ObjectNode transaction = JSON.createObjectNode();
    transaction
        .putArray("compare")
        .add(
            key(key.path())
                .put("target", "MOD")
                .put("result", "EQUAL")
                .put("mod_revision", Long.toString(version)));
    transaction.putArray("success").addObject().set("request_put", put(key, state));
    return ask("txn", transaction).path("succeeded").asBoolean();
  }

  @Override
  public void remove(HostKey key) throws IOException, InterruptedException {
    ask("deleterange", key(key.path()));
  }

  private static ObjectNode key(String path) {
    return JSON.createObjectNode().put("key", base64(path));
  }

  private static ObjectNode put(HostKey key, HostState state) {
    return key(key.path()).put("value", base64(state.json()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String text(JsonNode base64) throws IOException {
    return new String(base64.binaryValue(), UTF_8);
  }

  private JsonNode ask(String what, ObjectNode question) throws IOException, InterruptedException {
    JsonHttp.Answer answer =
        http.ask(
            "POST",
            "/v3/kv/" + what,
            "application/json",
            BodyPublishers.ofString(question.toString()));
    if (answer.status() != 200) {
      throw http.failure(what, answer);
    }
    return answer.json();
  }
}
