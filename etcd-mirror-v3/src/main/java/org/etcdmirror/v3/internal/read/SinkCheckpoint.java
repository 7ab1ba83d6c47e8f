package org.etcdmirror.v3.internal.read;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.DisplayText;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint as the text in its key: lines of the form name=value; or a bare number. The last
 * lines say who wrote the text, and which of its writes it was. A text of these two lines alone
 * holds no checkpoint: it is the fence of a first copy that has not come to one yet.
 */
public final class SinkCheckpoint {

  /**
   * The stored text.
   *
   * @param checkpoint null if there is none yet
   * @param writer who wrote it; null if it is not known
   * @param write which of the writer's texts it is, counted from 1; 0 if it is not known
   */
  public record Stored(@Nullable Checkpoint checkpoint, @Nullable String writer, long write) {}

  private static final Set<String> FENCE = Set.of("writer", "write");

  private static final Set<String> NAMES =
      Set.of("index", "cluster", "scope", "saved", "applying", "writer", "write");

  private static final String NOTE = "note.";

  private SinkCheckpoint() {}

  /** The text of a checkpoint. */
  public static String format(@Nullable Checkpoint checkpoint, String writer, long write) {
    return text(lines(checkpoint), writer, write);
  }

  /** The text of a checkpoint, from its {@link #lines}. */
  public static String text(String lines, String writer, long write) {
    StringBuilder text = new StringBuilder(lines);
    append(text, "writer", writer);
    append(text, "write", Long.toString(write));
    return text.toString();
  }

  /** The lines that say what the checkpoint is; none for no checkpoint. */
  public static String lines(@Nullable Checkpoint checkpoint) {
    StringBuilder text = new StringBuilder();
    if (checkpoint != null) {
      append(text, checkpoint);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Checkpoint checkpoint) {
    append(text, "index", Long.toString(checkpoint.index()));
    append(text, "cluster", checkpoint.clusterId());
    append(text, "scope", checkpoint.scope());
    append(text, "saved", checkpoint.savedAt().toString());
    if (checkpoint.applying() != 0) {
      append(text, "applying", Long.toString(checkpoint.applying()));
    }
    checkpoint.notes().forEach((name, note) -> append(text, NOTE + name, note));
  }

  private static void append(StringBuilder text, String name, @Nullable String value) {
    if (value != null) {
      String oneLine = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
      text.append(name).append('=').append(oneLine).append('\n');
    }
  }

  /**
   * Parses strictly: a text that is not a checkpoint never counts as no checkpoint.
   *
   * @throws PermanentException if it is not; one line names the key and what is wrong
   */
  public static Stored parse(Bytes key, String text) {
    try {
      if (isBareNumber(text.strip())) {
        long index = number("index", text.strip());
        return new Stored(new Checkpoint(index, null, null, Instant.EPOCH), null, 0);
      }
      Map<String, String> fields = fields(text);
      return new Stored(
          fields.keySet().equals(FENCE) ? null : checkpoint(fields),
          fields.get("writer"),
          number("write", fields.getOrDefault("write", "0")));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new PermanentException(
          "%s does not hold a valid checkpoint: %s; correct it by hand, or delete it to copy again"
              .formatted(key, DisplayText.of(e.getMessage())),
          e);
    }
  }

  private static Checkpoint checkpoint(Map<String, String> fields) {
    return new Checkpoint(
        number("index", required(fields, "index")),
        fields.get("cluster"),
        fields.get("scope"),
        Instant.parse(required(fields, "saved")),
        number("applying", fields.getOrDefault("applying", "0")),
        notes(fields));
  }

  /** Whether the text is a bare number, as a person or another program writes it. */
  private static boolean isBareNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String required(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("line '" + name + "=' is missing");
    }
    return value;
  }

  private static long number(String name, String value) {
    if (!value.matches("[0-9]{1,19}")) {
      throw new IllegalArgumentException(
          name + " is not a number: '" + DisplayText.of(value) + "'");
    }
    return Long.parseLong(value);
  }

  private static Map<String, String> fields(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      int equals = line.indexOf('=');
      String name = line.substring(0, Math.max(0, equals));
      if (!NAMES.contains(name) && !name.startsWith(NOTE)) {
        throw new IllegalArgumentException("unknown line '" + DisplayText.of(line) + "'");
      }
      if (fields.put(name, unescape(line.substring(equals + 1))) != null) {
        throw new IllegalArgumentException("line is duplicated: '" + DisplayText.of(line) + "'");
      }
    }
    return fields;
  }

  /** A name that is none is refused by the checkpoint. */
  private static Map<String, String> notes(Map<String, String> fields) {
    Map<String, String> notes = new HashMap<>();
    fields.forEach((name, value) -> {
      if (name.startsWith(NOTE)) {
        notes.put(name.substring(NOTE.length()), value);
      }
    });
    return notes;
  }

  private static String unescape(String value) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length()) {
        i++;
        char escaped = value.charAt(i);
        c = escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped;
      }
      text.append(c);
    }
    return text.toString();
  }
}
