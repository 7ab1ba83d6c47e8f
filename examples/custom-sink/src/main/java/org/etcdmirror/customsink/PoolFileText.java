package org.etcdmirror.customsink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;

/**
 * The JSON of a {@link PoolFile}. {@code pools} is for readers, {@code unreadable} is for
 * operators, and {@code held} has each key and value byte by byte: the sink is restored from it and
 * compared with the source.
 */
final class PoolFileText {

  private static final ObjectMapper JSON = new ObjectMapper();

  private PoolFileText() {}

  static byte[] format(Pools pools) throws IOException {
    ObjectNode text = JSON.createObjectNode().put("index", pools.index());
    ObjectNode tree = text.putObject("pools");
    ObjectNode unreadable = text.putObject("unreadable");
    pools.unreadable().forEach(unreadable::put);
    ArrayNode held = text.putArray("held");
    for (Held entry : pools.held()) {
      Put put = entry.put();
      ObjectNode exact =
          held.addObject()
              .put("key", put.key().toByteArray())
              .put("value", put.value().toByteArray())
              .put("index", put.index());
      if (put.expiresAt() != null) {
        exact.put("expiresAt", put.expiresAt().instant().toString());
      }
      Host host = entry.host();
      if (host != null) {
        place(tree, pools.names(put.key()))
            .put("weight", host.weight())
            .put("pooled", HostJson.text(host.pooled()));
      }
    }
    return JSON.writeValueAsBytes(text);
  }

  private static ObjectNode place(ObjectNode tree, List<String> names) {
    ObjectNode place = tree;
    for (String name : names) {
      place = place.withObjectProperty(name);
    }
    return place;
  }

  /**
   * Parses the content of the file.
   *
   * @throws PermanentException if it was not written by this sink: it is never taken for an empty
   *     one, and never written over
   */
  static Pools parse(Path file, String root, byte[] text) {
    try {
      JsonNode json = JSON.readTree(text);
      List<Put> puts = new ArrayList<>();
      for (JsonNode exact : json.required("held")) {
        JsonNode expiresAt = exact.get("expiresAt");
        puts.add(
            new Put(
                Bytes.of(exact.required("key").binaryValue()),
                Bytes.of(exact.required("value").binaryValue()),
                exact.required("index").longValue(),
                expiresAt == null ? null : Expiry.at(Instant.parse(expiresAt.textValue()))));
      }
      long index = json.required("index").longValue();
      return Pools.none(root).holding(puts, index);
    } catch (IOException | RuntimeException e) {
      throw new PermanentException(
          file + " is not a file of pools: move it away, and it is made anew", e);
    }
  }
}
