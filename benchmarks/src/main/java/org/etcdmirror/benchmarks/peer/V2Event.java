package org.etcdmirror.benchmarks.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.etcdmirror.benchmarks.client.V2Connection;
import org.etcdmirror.benchmarks.client.V2Nodes;
import org.jspecify.annotations.Nullable;

/**
 * An event of a v2 watch.
 *
 * @param index its index
 * @param key its key
 * @param value its value; null if the key is gone
 */
record V2Event(long index, String key, @Nullable String value) {

  static V2Event parse(String json) throws IOException {
    JsonNode node = V2Nodes.parse(json).path("node");
    return new V2Event(
        node.path("modifiedIndex").asLong(),
        node.path("key").asText(),
        node.path("value").textValue());
  }

  /** Sends it to a sink. */
  void send(V2Connection sink) throws IOException {
    if (value == null) {
      sink.delete(key);
    } else {
      sink.put(key, value);
    }
  }
}
