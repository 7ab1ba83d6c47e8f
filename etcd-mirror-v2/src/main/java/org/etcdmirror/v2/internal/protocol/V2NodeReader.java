package org.etcdmirror.v2.internal.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.v2.internal.protocol.V2Json.NodeSink;
import org.jspecify.annotations.Nullable;

/** Reads one node with all below it. A loop and not a recursion: trees may be very deep. */
final class V2NodeReader {

  private final JsonParser parser;
  private final long receivedNanos;
  private final @Nullable NodeSink sink;
  private final Deque<Partial> above = new ArrayDeque<>();
  private Partial current = new Partial();

  /**
   * A reader at the start of a node.
   *
   * @param receivedNanos when it came, as {@code nanoTime} counts
   * @param sink takes each node without its children instead of the tree; null for a tree
   */
  V2NodeReader(JsonParser parser, long receivedNanos, @Nullable NodeSink sink) {
    this.parser = parser;
    this.receivedNanos = receivedNanos;
    this.sink = sink;
  }

  /** A node that is still being read. */
  private static final class Partial {
    @Nullable String key;
    boolean dir;
    @Nullable String value;
    long modifiedIndex;
    long createdIndex;
    boolean expires;
    boolean ttlIsTold;
    long ttl;
    final List<V2Node> nodes = new ArrayList<>(0);
  }

  V2Node read() throws IOException {
    V2Json.expect(parser, parser.currentToken(), JsonToken.START_OBJECT);
    while (true) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.FIELD_NAME) {
        field(parser.currentName());
      } else if (token == JsonToken.START_OBJECT) {
        above.push(current);
        current = new Partial();
      } else if (token == JsonToken.END_OBJECT) {
        V2Node node = finish();
        if (above.isEmpty()) {
          return node;
        }
        current = above.pop();
        requireBelow(current.key, node.key());
        if (sink == null) {
          current.nodes.add(node);
        }
      } else if (token != JsonToken.END_ARRAY) {
        throw new V2ProtocolException("not an etcd v2 node: unexpected %s".formatted(token));
      }
    }
  }

  private void field(String name) throws IOException {
    JsonToken token = parser.nextToken();
    switch (name) {
      case "key" -> current.key = V2Fields.text(parser, name);
      case "value" -> current.value = value();
      case "dir" -> current.dir = V2Fields.flag(parser, name);
      case "modifiedIndex" -> current.modifiedIndex = V2Fields.index(parser, name);
      case "createdIndex" -> current.createdIndex = V2Fields.index(parser, name);
      case "expiration" -> {
        current.expires = true;
        V2Fields.expiration(parser);
      }
      case "ttl" -> {
        current.ttlIsTold = true;
        current.ttl = V2Fields.timeToLive(parser);
      }
      case "nodes" -> {
        if (token != JsonToken.VALUE_NULL) {
          V2Fields.require(parser, name, JsonToken.START_ARRAY);
        }
      }
      default -> parser.skipChildren();
    }
  }

  private String value() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      throw new V2ProtocolException("value of %s is null".formatted(quoted(current.key)));
    }
    return V2Fields.text(parser, "value");
  }

  private static void requireBelow(@Nullable String parent, String key) throws V2ProtocolException {
    if (parent != null && (!V2Paths.covers(parent, key) || parent.equals(key))) {
      throw new V2ProtocolException("%s is listed below %s".formatted(quoted(key), quoted(parent)));
    }
  }

  private static String quoted(@Nullable String key) {
    return key == null ? "a node" : "'" + V2Json.abbreviate(key) + "'";
  }

  /** Only the root has no key, and it is a directory. */
  private V2Node finish() throws IOException {
    String key = current.key;
    if (key == null) {
      if (!above.isEmpty() || !current.dir) {
        throw new V2ProtocolException("not an etcd v2 node: key is missing");
      }
      key = V2Paths.ROOT;
    }
    requireTrue(key);
    V2Node node =
        new V2Node(
            key,
            current.dir,
            current.value,
            current.modifiedIndex,
            current.createdIndex,
            expiresAt(),
            current.nodes);
    if (sink != null) {
      sink.accept(node);
    }
    return node;
  }

  private void requireTrue(String key) throws V2ProtocolException {
    if (current.createdIndex > current.modifiedIndex) {
      throw new V2ProtocolException(
          "%s has createdIndex %d above its modifiedIndex %d"
              .formatted(quoted(key), current.createdIndex, current.modifiedIndex));
    }
    if (current.ttlIsTold && !current.expires) {
      throw new V2ProtocolException(
          "%s has ttl %d but no expiration".formatted(quoted(key), current.ttl));
    }
  }

  /**
   * Counted from when the answer came, by what the server says is left: its wall clock may differ
   * from this machine's, and either may step. Just before the end the server leaves the ttl out or
   * makes it negative, while the expiration is still there.
   */
  private @Nullable Expiry expiresAt() {
    return current.expires
        ? Expiry.after(receivedNanos, Duration.ofSeconds(Math.max(0, current.ttl)))
        : null;
  }
}
