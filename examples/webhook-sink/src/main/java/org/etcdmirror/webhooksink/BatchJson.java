package org.etcdmirror.webhooksink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;

/** A batch as JSON. Keys and values are in base 64, because they need not be text. */
final class BatchJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private BatchJson() {}

  static byte[] of(EventBatch batch) {
    ObjectNode root = JSON.createObjectNode().put("index", batch.index());
    ArrayNode events = root.putArray("events");
    for (MirrorEvent event : batch.events()) {
      if (event instanceof MirrorEvent.Put put) {
        add(events, "put", event).put("value", put.value().toByteArray());
      } else if (event instanceof MirrorEvent.Delete) {
        add(events, "delete", event);
      } else if (event instanceof MirrorEvent.DeleteTree) {
        add(events, "delete-tree", event);
      } else if (!(event instanceof MirrorEvent.Refresh)) {
        throw new PermanentException("a receiver of plain keys cannot hold " + event);
      }
    }
    try {
      return JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new PermanentException("batch through index %d is no JSON".formatted(batch.index()), e);
    }
  }

  private static ObjectNode add(ArrayNode events, String what, MirrorEvent event) {
    return events
        .addObject()
        .put("what", what)
        .put("index", event.index())
        .put("key", event.key().toByteArray());
  }
}
