package org.etcdmirror.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.etcdmirror.api.internal.DisplayText;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint as lines of text that a person can read, for stores that keep text: a file, a column
 * of a table. The last line is a checksum, so that a text that was cut or changed is no checkpoint.
 * Each version of this library reads the texts of the former ones.
 */
public final class CheckpointText {

  private static final String HEADER = "etcd-mirror checkpoint 1";
  private static final String CRC = "crc=";
  private static final String NOTE = "note.";

  private CheckpointText() {}

  /** All that a checkpoint holds. */
  public static String format(Checkpoint checkpoint) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    text.append("index=").append(checkpoint.index()).append('\n');
    append(text, "cluster", checkpoint.clusterId());
    append(text, "scope", checkpoint.scope());
    append(text, "saved", checkpoint.savedAt().toString());
    if (checkpoint.applying() != 0) {
      append(text, "applying", Long.toString(checkpoint.applying()));
    }
    checkpoint.notes().forEach((name, value) -> append(text, NOTE + name, value));
    return text + CRC + crc(text) + "\n";
  }

  private static void append(StringBuilder text, String name, @Nullable String value) {
    if (value != null) {
      text.append(name).append('=').append(escape(value)).append('\n');
    }
  }

  /** A value on one line. */
  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
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

  /**
   * Reads what {@link #format} wrote.
   *
   * @param place where the text was found, for messages: {@code "file /var/lib/index"}
   * @throws PermanentException if it is no checkpoint; it names the place
   */
  public static Checkpoint parse(String text, String place) {
    int crcAt = text.lastIndexOf(CRC);
    if (!text.startsWith(HEADER + "\n") || crcAt < 0) {
      throw corrupt(place, "the first line is missing", null);
    }
    if (!text.substring(crcAt).equals(CRC + crc(text.substring(0, crcAt)) + "\n")) {
      throw corrupt(place, "the checksum is wrong", null);
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : text.substring(HEADER.length() + 1, crcAt).lines().toList()) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        throw corrupt(place, "a line is not of the form name=value: " + DisplayText.of(line), null);
      }
      fields.put(line.substring(0, equals), unescape(line.substring(equals + 1)));
    }
    try {
      return new Checkpoint(
          Long.parseLong(fields.getOrDefault("index", "")),
          fields.get("cluster"),
          fields.get("scope"),
          Instant.parse(fields.getOrDefault("saved", "")),
          Long.parseLong(fields.getOrDefault("applying", "0")),
          notes(fields));
    } catch (DateTimeParseException | IllegalArgumentException e) {
      throw corrupt(place, DisplayText.of(e.getMessage()), e);
    }
  }

  private static Map<String, String> notes(Map<String, String> fields) {
    Map<String, String> notes = new HashMap<>();
    fields.forEach((name, value) -> {
      if (name.startsWith(NOTE)) {
        notes.put(name.substring(NOTE.length()), value);
      }
    });
    return notes;
  }

  private static PermanentException corrupt(
      String place, @Nullable String why, @Nullable Exception cause) {
    return new PermanentException(
        "%s does not hold a valid checkpoint: %s; restore it, or delete it to copy again"
            .formatted(place, why),
        cause);
  }

  private static String crc(CharSequence text) {
    CRC32 crc = new CRC32();
    crc.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
