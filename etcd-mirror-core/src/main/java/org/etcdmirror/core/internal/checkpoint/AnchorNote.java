package org.etcdmirror.core.internal.checkpoint;

import java.util.Set;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The notes of a checkpoint that name an anchor: its version, its index, and its key. */
public final class AnchorNote {

  private static final Logger log = LoggerFactory.getLogger(AnchorNote.class);

  /** The note of the newest anchor. */
  static final String NEWEST = "anchor";

  /** The note of the newest anchor that does not go by itself, if that is another one. */
  static final String LASTING = "anchor-lasting";

  static final Set<String> NAMES = Set.of(NEWEST, LASTING);

  private AnchorNote() {}

  public static String format(Anchor anchor) {
    return anchor.version() + " " + anchor.at() + " " + NoteText.of(anchor.key());
  }

  /**
   * The anchor again.
   *
   * @throws IllegalArgumentException if the text is none
   */
  public static Anchor parse(String note) {
    String[] parts = note.split(" ", 3);
    if (parts.length != 3) {
      throw new IllegalArgumentException(
          "anchor note does not have three parts: '" + DisplayText.of(note) + "'");
    }
    return new Anchor(NoteText.parse(parts[2]), Long.parseLong(parts[0]), Long.parseLong(parts[1]));
  }

  /** The newest anchor of any link's checkpoint; null if it has none, or none that is readable. */
  public static @Nullable Anchor newest(Checkpoint stored) {
    try {
      return parse(stored, NEWEST);
    } catch (IllegalArgumentException e) {
      log.debug("ignoring an unreadable anchor: {}", e.getMessage());
      return null;
    }
  }

  /** An anchor of this link's checkpoint; null if it has none, or none that is readable. */
  static @Nullable Anchor read(String link, Checkpoint stored, String name) {
    try {
      return parse(stored, name);
    } catch (IllegalArgumentException e) {
      log.warn(
          LogEvent.NOTE_UNREADABLE.marker(),
          "[link={}] ignoring the unreadable anchor of the checkpoint: {}",
          link,
          e.getMessage());
      return null;
    }
  }

  private static @Nullable Anchor parse(Checkpoint stored, String name) {
    String note = stored.notes().get(name);
    return note == null ? null : parse(note);
  }
}
