package org.etcdmirror.v2.internal.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.InputStream;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.v2.internal.protocol.V2ErrorException.V2Error;
import org.jspecify.annotations.Nullable;

/** Reads etcd v2's JSON. Whatever is not that is a {@link V2ProtocolException}. */
public final class V2Json {

  /**
   * The depth limit of an answer; a directory takes two levels. A URL is too short to name a key as
   * deep, and each level takes memory.
   */
  private static final int DEEPEST = 200_000;

  /** Shared with everything that reads or writes JSON here; values and trees may be any size. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNestingDepth(DEEPEST)
                  .build())
          .build();

  private V2Json() {}

  /** An answer's or event's object. */
  public record Body(V2Action action, @Nullable V2Node node, @Nullable V2Node prevNode) {}

  /** One line of a watch stream, or the answer to one long poll. */
  public static V2Event event(String line, long receivedNanos) throws IOException {
    Body body;
    try (JsonParser parser = FACTORY.createParser(line)) {
      body = body(parser, receivedNanos, null);
    }
    V2Node node = body.node();
    if (node == null) {
      throw new V2ProtocolException("event has no node: " + abbreviate(line));
    }
    if (body.action() == V2Action.GET || node.modifiedIndex() == 0) {
      throw new V2ProtocolException(
          "not an event: action %s on '%s' at index %d"
              .formatted(body.action(), abbreviate(node.key()), node.modifiedIndex()));
    }
    if (body.action().leavesNode() && !node.dir() && node.value() == null) {
      throw new V2ProtocolException("event has no value: " + abbreviate(line));
    }
    return new V2Event(body.action(), node, body.prevNode());
  }

  /** Takes the nodes of an answer one by one, without those below them. */
  @FunctionalInterface
  public interface NodeSink {
    void accept(V2Node node) throws IOException;
  }

  /** The answer to a request for one key, with its nodes as a tree. */
  public static Body answer(InputStream json, long receivedNanos) throws IOException {
    try (JsonParser parser = FACTORY.createParser(new EndlessBodyGuard(json))) {
      return body(parser, receivedNanos, null);
    }
  }

  /**
   * The same, but each node is given to {@code nodes} without those below it, children first.
   *
   * @return the node that all others are below, without them
   */
  public static V2Node flatten(InputStream json, long receivedNanos, NodeSink nodes)
      throws IOException {
    EndlessBodyGuard guard = new EndlessBodyGuard(json);
    NodeSink guarded =
        node -> {
          guard.entryRead();
          nodes.accept(node);
        };
    try (JsonParser parser = FACTORY.createParser(guard)) {
      V2Node top = body(parser, receivedNanos, guarded).node();
      if (top == null) {
        throw new V2ProtocolException("answer has no node");
      }
      return top;
    }
  }

  /** The number of members in a member list. */
  public static int members(InputStream json) throws IOException {
    try (JsonParser parser = FACTORY.createParser(new EndlessBodyGuard(json))) {
      expect(parser, parser.nextToken(), JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals("members");
        expect(parser, parser.nextToken(), wanted ? JsonToken.START_ARRAY : parser.currentToken());
        if (wanted) {
          return elements(parser);
        }
        parser.skipChildren();
      }
      throw new V2ProtocolException("answer is not a member list");
    } catch (JsonProcessingException e) {
      throw new V2ProtocolException("answer is not a member list: " + e.getOriginalMessage(), e);
    }
  }

  private static int elements(JsonParser parser) throws IOException {
    int count = 0;
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      parser.skipChildren();
      count++;
    }
    return count;
  }

  /** The body of an error answer; null if it is not one of etcd v2's. */
  public static @Nullable V2Error error(String json) {
    int code = 0;
    long index = 0;
    String message = "";
    String cause = "";
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "errorCode" -> code = Math.toIntExact(V2Fields.index(parser, name));
          case "message" -> message = V2Fields.text(parser, name);
          case "cause" -> cause = V2Fields.text(parser, name);
          case "index" -> index = V2Fields.index(parser, name);
          default -> parser.skipChildren();
        }
      }
    } catch (IOException | ArithmeticException notEtcds) {
      return null;
    }
    return code == 0 ? null : new V2Error(code, message, cause, index);
  }

  private static Body body(JsonParser parser, long receivedNanos, @Nullable NodeSink nodes)
      throws IOException {
    try {
      expect(parser, parser.nextToken(), JsonToken.START_OBJECT);
      V2Action action = null;
      V2Node node = null;
      V2Node prevNode = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "action" -> action = action(V2Fields.text(parser, name));
          case "node" -> node = new V2NodeReader(parser, receivedNanos, nodes).read();
          case "prevNode" -> prevNode = new V2NodeReader(parser, receivedNanos, null).read();
          default -> parser.skipChildren();
        }
      }
      expect(parser, parser.currentToken(), JsonToken.END_OBJECT);
      if (parser.nextToken() != null) {
        throw new V2ProtocolException("answer has more than one JSON object");
      }
      return new Body(action == null ? action("") : action, node, prevNode);
    } catch (StreamConstraintsException e) {
      throw new V2ProtocolException(
          "not an etcd v2 answer: nested deeper than %d levels, or a number is too long"
              .formatted(DEEPEST),
          e);
    } catch (JsonProcessingException e) {
      throw new V2ProtocolException("not an etcd v2 answer: " + e.getOriginalMessage(), e);
    }
  }

  private static V2Action action(String word) throws V2ProtocolException {
    V2Action action = V2Action.of(word);
    if (action == null) {
      throw new V2ProtocolException("unknown action '%s'".formatted(abbreviate(word)));
    }
    return action;
  }

  public static void expect(JsonParser parser, @Nullable JsonToken found, JsonToken wanted)
      throws V2ProtocolException {
    if (found != wanted) {
      throw new V2ProtocolException(
          "not an etcd v2 answer: %s instead of %s, at %s"
              .formatted(found, wanted, parser.currentLocation().offsetDescription()));
    }
  }

  public static String abbreviate(String text) {
    return DisplayText.of(text);
  }
}
