package org.etcdmirror.core.internal.checkpoint;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * The notes of a checkpoint whose index a person moves. They are taken as text, so that a note that
 * is not readable can be given up as well.
 */
public final class MovedNotes {

  /** The note about the last move. */
  private static final String MOVED = "moved";

  private static final String NEXT_SCOPE = "\nkeys ";

  private MovedNotes() {}

  /** Returns the stored reason why the sink may not be level; null if there is none. */
  public static @Nullable String doubt(@Nullable Checkpoint stored) {
    if (stored == null) {
      return null;
    }
    String now = stored.notes().get(CompareNote.NOW);
    return now != null ? now : stored.notes().get(CompareNote.AT_START);
  }

  /** Returns whether the next run would ask to delete keys of former prefixes. */
  public static boolean hasFormerScopes(@Nullable Checkpoint stored) {
    return stored != null
        && stored.notes().getOrDefault(FormerScopes.NOTE, "").contains(NEXT_SCOPE);
  }

  /**
   * Returns the notes at the new index: without what proves the old one, and without what makes the
   * next run compare or delete. A note says what was given up.
   */
  public static Map<String, String> at(@Nullable Checkpoint stored, long index, Instant now) {
    Map<String, String> notes = new TreeMap<>(stored == null ? Map.of() : stored.notes());
    notes.remove(CompareNote.NOW);
    notes.remove(CompareNote.AT_START);
    SourceNotes.removeFrom(notes);
    if (hasFormerScopes(stored)) {
      notes.remove(FormerScopes.NOTE);
    }
    String doubt = doubt(stored);
    notes.put(
        MOVED,
        "from %s to %d at %s by index set%s"
            .formatted(
                stored == null ? "nothing" : stored.index(),
                index,
                now,
                doubt == null ? "" : ", not compared: " + doubt));
    return notes;
  }
}
