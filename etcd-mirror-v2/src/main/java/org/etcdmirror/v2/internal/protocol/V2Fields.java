package org.etcdmirror.v2.internal.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

/**
 * The fields of a v2 node, each of the kind that etcd writes. A parser would take a missing value
 * for the text "null", and a broken number for a whole one.
 */
final class V2Fields {

  /** The longest that Go's durations reach, in whole seconds; a server can tell no more. */
  private static final long LONGEST_TTL = 9_223_372_037L;

  private V2Fields() {}

  static String text(JsonParser parser, String name) throws IOException {
    require(parser, name, JsonToken.VALUE_STRING);
    return parser.getText();
  }

  static boolean flag(JsonParser parser, String name) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_FALSE) {
      require(parser, name, JsonToken.VALUE_TRUE);
    }
    return parser.getBooleanValue();
  }

  static long index(JsonParser parser, String name) throws IOException {
    require(parser, name, JsonToken.VALUE_NUMBER_INT);
    return V2Index.of(name, parser.getText());
  }

  static long number(JsonParser parser, String name) throws IOException {
    require(parser, name, JsonToken.VALUE_NUMBER_INT);
    return V2Index.number(name, parser.getText());
  }

  /** In seconds; negative where what has expired was not removed yet. */
  static long timeToLive(JsonParser parser) throws IOException {
    long seconds = number(parser, "ttl");
    if (Math.abs(seconds) > LONGEST_TTL) {
      throw new V2ProtocolException("ttl is impossible: %d".formatted(seconds));
    }
    return seconds;
  }

  /** The instant itself is not used: what counts is the time that is left. */
  static void expiration(JsonParser parser) throws IOException {
    String text = text(parser, "expiration");
    try {
      OffsetDateTime unused = OffsetDateTime.parse(text);
    } catch (DateTimeException e) {
      throw new V2ProtocolException(
          "expiration is not a time: '%s'".formatted(V2Json.abbreviate(text)), e);
    }
  }

  static void require(JsonParser parser, String name, JsonToken wanted) throws V2ProtocolException {
    JsonToken found = parser.currentToken();
    if (found != wanted) {
      throw new V2ProtocolException(
          "not an etcd v2 node: %s is %s instead of %s".formatted(name, found, wanted));
    }
  }
}
