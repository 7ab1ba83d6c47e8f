package org.etcdmirror.simulation.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the v2 API's JSON as Go does (etcd 3.4). */
final class V2Text {

  private static final Instant EPOCH = Instant.parse("2030-01-01T00:00:00Z");

  private V2Text() {}

  static String event(V2Event event, long now) {
    StringBuilder text = new StringBuilder();
    text.append("{\"action\":").append(quoted(event.action())).append(",\"node\":");
    boolean deleted = event.deletes();
    V2Node before = event.before();
    boolean directory =
        deleted ? before != null && before.isDirectory() : event.node().isDirectory();
    open(text, event.node(), directory, deleted ? null : event.node().value());
    if (!deleted) {
      expiry(text, event.node(), now);
    }
    indexes(text, event.node());
    if (before != null) {
      text.append(",\"prevNode\":");
      open(text, before, before.isDirectory(), before.value());
      expiry(text, before, now);
      indexes(text, before);
    }
    return text.append("}\n").toString();
  }

  /** The answer to a read. */
  static String get(V2Store store, V2Node node, boolean recursive) {
    StringBuilder text = new StringBuilder("{\"action\":\"get\",\"node\":");
    tree(text, store, node, recursive, true);
    return text.append("}\n").toString();
  }

  private static void tree(
      StringBuilder text, V2Store store, V2Node node, boolean recursive, boolean lists) {
    boolean isRoot = node.key().equals(V2Store.ROOT);
    if (isRoot) {
      text.append("{\"dir\":true");
    } else {
      open(text, node, node.isDirectory(), node.value());
      expiry(text, node, store.now());
    }
    List<V2Node> children = lists && node.isDirectory() ? store.shown(node.key()) : List.of();
    String separator = ",\"nodes\":[";
    for (V2Node child : children) {
      text.append(separator);
      separator = ",";
      tree(text, store, child, recursive, recursive);
    }
    if (!children.isEmpty()) {
      text.append(']');
    }
    if (isRoot) {
      text.append('}');
    } else {
      indexes(text, node);
    }
  }

  private static void open(
      StringBuilder text, V2Node node, boolean directory, @Nullable String value) {
    text.append("{\"key\":").append(quoted(node.key()));
    if (value != null) {
      text.append(",\"value\":").append(quoted(value));
    }
    if (directory) {
      text.append(",\"dir\":true");
    }
  }

  /** Just before the end, and after it, the time to live is left out. */
  private static void expiry(StringBuilder text, V2Node node, long now) {
    if (node.doesExpire()) {
      text.append(",\"expiration\":").append(quoted(EPOCH.plusNanos(node.expires()).toString()));
      long left = -Math.floorDiv(now - node.expires(), 1_000_000_000L);
      if (left != 0) {
        text.append(",\"ttl\":").append(left);
      }
    }
  }

  private static void indexes(StringBuilder text, V2Node node) {
    text.append(",\"modifiedIndex\":").append(node.modified());
    text.append(",\"createdIndex\":").append(node.created()).append('}');
  }

  static String error(int code, String message, String cause, long index) {
    return "{\"errorCode\":%d,\"message\":%s,\"cause\":%s,\"index\":%d}"
        .formatted(code, quoted(message), quoted(cause), index);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c == '<' || c == '>' || c == '&') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
