package org.etcdmirror.kafka.connect.source.record;

import java.util.Map;
import java.util.StringJoiner;

/** The few kinds of JSON that a heartbeat has: an object of texts, numbers and truth values. */
final class JsonText {

  private static final int FIRST_PRINTABLE = 0x20;

  private JsonText() {}

  static String of(Map<String, ?> map) {
    StringJoiner object = new StringJoiner(",", "{", "}");
    map.forEach((name, value) -> object.add(quoted(name) + ":" + value(value)));
    return object.toString();
  }

  private static String value(Object value) {
    return value instanceof String text ? quoted(text) : String.valueOf(value);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < FIRST_PRINTABLE) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
