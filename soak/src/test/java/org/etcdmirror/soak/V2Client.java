package org.etcdmirror.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.etcdmirror.testkit.etcd.Http;
import org.jspecify.annotations.Nullable;

/** The v2 API of a cluster. Paths are of characters that need no encoding. */
final class V2Client implements Keyspace {

  private static final String FORM = "application/x-www-form-urlencoded";

  private final Members members;

  V2Client(List<URI> urls) {
    this.members = new Members(urls);
  }

  @Override
  public Content read() throws IOException {
    Http.Answer answer = ask("GET", "/", "quorum=true&recursive=true", Map.of());
    if (answer.status() != 200) {
      throw new IOException("GET / answered " + answer.status() + ": " + answer.body());
    }
    Map<String, String> values = new TreeMap<>();
    collect(V3Gateway.JSON.readTree(answer.body()).at("/node/nodes"), values);
    return new Content(answer.etcdIndex(), values);
  }

  private static void collect(JsonNode nodes, Map<String, String> values) {
    for (JsonNode node : nodes) {
      String key = node.path("key").asText();
      if (node.path("dir").asBoolean()) {
        values.put(key + "/", "");
        collect(node.path("nodes"), values);
      } else {
        values.put(key, node.path("value").asText());
      }
    }
  }

  @Override
  public void put(String key, String value) throws IOException {
    Http.Answer answer = ask("PUT", key, "", Map.of("value", value));
    if (answer.status() >= 300) {
      throw new IOException("PUT " + key + " answered " + answer.status() + ": " + answer.body());
    }
  }

  /** A request of any kind; a refusal is an answer, too. */
  Http.Answer ask(String method, String path, String query, Map<String, String> form)
      throws IOException {
    String target = "/v2/keys" + path + (query.isEmpty() ? "" : "?" + query);
    @Nullable String body = form.isEmpty() ? null : encoded(form);
    return members.ask(method, target, body, FORM);
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }
}
