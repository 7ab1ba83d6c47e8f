package org.etcdmirror.core.internal.checkpoint;

import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.DisplayText;

/** An anchor as the text of a checkpoint's note: its version, its index, and its key. */
public final class AnchorNote {

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
}
