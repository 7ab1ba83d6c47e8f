package org.etcdmirror.benchmarks.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Reads the JSON of the v2 API. */
public final class V2Nodes {

  private static final ObjectMapper JSON = new ObjectMapper();

  private V2Nodes() {}

  /** An answer or event as a tree. */
  public static JsonNode parse(String json) throws IOException {
    return JSON.readTree(json);
  }

  /** The values of a tree by their keys, in the order of the keys. */
  public static Map<String, String> values(V2Connection.Answer answer) throws IOException {
    Map<String, String> values = new TreeMap<>();
    if (answer.status() != 404) {
      collect(parse(answer.orFailure("GET").body()).path("node"), values);
    }
    return values;
  }

  private static void collect(JsonNode node, Map<String, String> values) {
    if (!node.path("dir").asBoolean()) {
      values.put(node.path("key").asText(), node.path("value").asText());
    }
    node.path("nodes").forEach(child -> collect(child, values));
  }
}
