package org.etcdmirror.core.internal.checkpoint;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.DisplayText;
import org.jspecify.annotations.Nullable;

/**
 * The note of a checkpoint that names the keys of the source in which mirrors keep what they
 * remember, one a line. A key is never removed from it.
 */
final class HiddenNote {

  static final String NAME = "hidden";

  /** In characters. */
  private static final int LONGEST = 64 * 1024;

  private HiddenNote() {}

  static String format(Collection<Bytes> keys) {
    return String.join("\n", keys.stream().map(NoteText::of).toList());
  }

  /**
   * The keys that the notes name.
   *
   * @throws PermanentException if they are not readable, as they might be copied then
   */
  static List<Bytes> keys(String link, Map<String, String> notes) {
    @Nullable String note = notes.get(NAME);
    if (note != null && note.length() > LONGEST) {
      throw new PermanentException(
          "%s: checkpoint note '%s' is too long: %d characters, limit %d; remove the note by hand, or set the index again"
              .formatted(link, NAME, note.length(), LONGEST));
    }
    try {
      return note == null ? List.of() : note.lines().map(NoteText::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new PermanentException(
          "%s: checkpoint note '%s' does not name keys: '%s'; remove the note by hand, or set the index again"
              .formatted(link, NAME, DisplayText.of(note)),
          e);
    }
  }
}
