package org.etcdmirror.core.internal.checkpoint;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The note of a checkpoint that says when the source's selection changed last. */
final class LastChangeNote {

  private static final Logger log = LoggerFactory.getLogger(LastChangeNote.class);

  static final String NAME = "last-change";

  /** The indexes; what was deleted comes behind them, if anything. */
  private static final int INDEXES = 3;

  private LastChangeNote() {}

  static String format(LastChange last) {
    String indexes = last.put() + " " + last.any() + " " + last.through();
    Bytes deleted = last.deleted();
    return deleted == null ? indexes : indexes + " " + NoteText.of(deleted);
  }

  /** Reads the note of this link's checkpoint; null if it has none, or none that is readable. */
  static @Nullable LastChange read(String link, Checkpoint stored) {
    String note = stored.notes().get(NAME);
    if (note == null) {
      return null;
    }
    try {
      return parse(note);
    } catch (IllegalArgumentException e) {
      log.warn(
          LogEvent.NOTE_UNREADABLE.marker(),
          "[link={}] ignoring the unreadable note {} of the checkpoint: {}",
          link,
          NAME,
          e.getMessage());
      return null;
    }
  }

  private static LastChange parse(String note) {
    String[] parts = note.split(" ", INDEXES + 1);
    if (parts.length < INDEXES) {
      throw new IllegalArgumentException("three indexes are expected");
    }
    return new LastChange(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        parts.length == INDEXES ? null : NoteText.parse(parts[INDEXES]));
  }
}
