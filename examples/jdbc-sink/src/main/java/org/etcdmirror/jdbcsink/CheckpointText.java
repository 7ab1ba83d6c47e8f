package org.etcdmirror.jdbcsink;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;

/** A checkpoint as lines of text, which a person can read in the table. */
final class CheckpointText {

  private static final String NOTE = "note.";

  private CheckpointText() {}

  static String format(Checkpoint checkpoint) {
    Properties lines = new Properties();
    lines.setProperty("index", Long.toString(checkpoint.index()));
    lines.setProperty("applying", Long.toString(checkpoint.applying()));
    lines.setProperty("saved", checkpoint.savedAt().toString());
    if (checkpoint.clusterId() != null) {
      lines.setProperty("cluster", checkpoint.clusterId());
    }
    if (checkpoint.scope() != null) {
      lines.setProperty("scope", checkpoint.scope());
    }
    checkpoint.notes().forEach((name, value) -> lines.setProperty(NOTE + name, value));
    StringWriter text = new StringWriter();
    try {
      lines.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static Checkpoint parse(String link, String text) {
    Properties lines = new Properties();
    try {
      lines.load(new StringReader(text));
      Map<String, String> notes = new HashMap<>();
      for (String name : lines.stringPropertyNames()) {
        if (name.startsWith(NOTE)) {
          notes.put(name.substring(NOTE.length()), lines.getProperty(name));
        }
      }
      return new Checkpoint(
          Long.parseLong(lines.getProperty("index", "")),
          lines.getProperty("cluster"),
          lines.getProperty("scope"),
          Instant.parse(lines.getProperty("saved", "")),
          Long.parseLong(lines.getProperty("applying", "")),
          notes);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new PermanentException(
          "row '%s' of etcd_mirror_link holds no checkpoint: %s; delete the row to copy again"
              .formatted(link, e.getMessage()),
          e);
    }
  }
}
