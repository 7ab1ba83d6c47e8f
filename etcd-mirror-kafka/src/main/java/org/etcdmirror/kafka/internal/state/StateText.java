package org.etcdmirror.kafka.internal.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.kafka.internal.topic.TopicShape;
import org.jspecify.annotations.Nullable;

/** The state as lines of text: NAME=VALUE. */
final class StateText {

  private static final String FORMAT = "etcd-mirror";
  private static final String FORMAT_NUMBER = "1";
  private static final String TOPIC = "topic.";
  private static final String NOTE = "note.";

  private final Map<String, String> lines;

  private StateText(Map<String, String> lines) {
    this.lines = lines;
  }

  static byte[] encode(StoredState state) {
    StringBuilder out = new StringBuilder();
    line(out, FORMAT, FORMAT_NUMBER);
    line(out, "link", state.link());
    line(out, "version", Long.toString(state.version().number()));
    line(out, "writer", state.version().writer());
    line(out, "transaction", Long.toString(state.transaction()));
    state
        .topics()
        .forEach((name, shape) -> line(out, TOPIC + name, shape.id() + " " + shape.partitions()));
    Checkpoint checkpoint = state.checkpoint();
    if (checkpoint != null) {
      line(out, "index", Long.toString(checkpoint.index()));
      line(out, "cluster", checkpoint.clusterId());
      line(out, "scope", checkpoint.scope());
      line(out, "saved", checkpoint.savedAt().toString());
      line(out, "applying", Long.toString(checkpoint.applying()));
      checkpoint.notes().forEach((name, value) -> line(out, NOTE + name, value));
    }
    return out.toString().getBytes(UTF_8);
  }

  private static void line(StringBuilder out, String name, @Nullable String value) {
    if (value != null) {
      out.append(name).append('=');
      out.append(value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r"));
      out.append('\n');
    }
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param where the topic, for messages
   * @throws PermanentException if it is something else
   */
  static StoredState decode(byte[] text, String where) {
    try {
      StateText read = new StateText(lines(new String(text, UTF_8)));
      if (!read.need(FORMAT).equals(FORMAT_NUMBER)) {
        throw new PermanentException(
            "%s holds a checkpoint of format %s: use a newer program"
                .formatted(where, read.need(FORMAT)));
      }
      return read.state();
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new PermanentException(
          "%s holds something that is no checkpoint (%s): name another topic for the checkpoint"
              .formatted(where, e.getMessage()),
          e);
    }
  }

  private static Map<String, String> lines(String text) {
    Map<String, String> lines = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        lines.put(line.substring(0, equals), plain(line.substring(equals + 1)));
      } else if (!line.isEmpty()) {
        throw new IllegalArgumentException("a line without a name");
      }
    }
    return lines;
  }

  private static String plain(String escaped) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == '\\' && i + 1 < escaped.length()) {
        i++;
        char what = escaped.charAt(i);
        plain.append(what == 'n' ? '\n' : what == 'r' ? '\r' : what);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private String need(String name) {
    String value = lines.get(name);
    if (value == null) {
      throw new IllegalArgumentException("'" + name + "' is missing");
    }
    return value;
  }

  private long number(String name) {
    return Long.parseLong(need(name));
  }

  private StoredState state() {
    return new StoredState(
        need("link"),
        new Version(number("version"), need("writer")),
        number("transaction"),
        topics(),
        lines.containsKey("index") ? checkpoint() : null);
  }

  private SortedMap<String, TopicShape> topics() {
    SortedMap<String, TopicShape> topics = new TreeMap<>();
    named(TOPIC)
        .forEach((name, value) -> {
          int blank = value.indexOf(' ');
          topics.put(
              name,
              new TopicShape(
                  value.substring(0, Math.max(blank, 0)),
                  Integer.parseInt(value.substring(blank + 1))));
        });
    return topics;
  }

  private Checkpoint checkpoint() {
    return new Checkpoint(
        number("index"),
        lines.get("cluster"),
        lines.get("scope"),
        Instant.parse(need("saved")),
        number("applying"),
        named(NOTE));
  }

  private Map<String, String> named(String prefix) {
    Map<String, String> found = new TreeMap<>();
    lines.forEach((name, value) -> {
      if (name.startsWith(prefix)) {
        found.put(name.substring(prefix.length()), value);
      }
    });
    return found;
  }
}
