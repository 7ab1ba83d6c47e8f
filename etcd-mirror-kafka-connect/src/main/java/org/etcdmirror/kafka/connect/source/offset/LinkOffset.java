package org.etcdmirror.kafka.connect.source.offset;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * How far a link is. Immutable.
 *
 * @param checkpoint the engine's checkpoint
 * @param writer names the task that wrote it, by a text that no other task has
 * @param save counts what was stored for this link, so that a later one is told from an earlier
 * @param deletesMissingSince the index since which the topic may lack deletes; 0 if it lacks none
 * @param copiedThrough the last key that a copy under way has written; null if none is under way
 */
public record LinkOffset(
    Checkpoint checkpoint,
    String writer,
    long save,
    long deletesMissingSince,
    @Nullable String copiedThrough) {

  /** The beginning of the names of notes that say that the topic may not be level. */
  private static final String NOT_LEVEL = "must-compare";

  /** Refuses nulls, but for the key. */
  public LinkOffset {
    requireNonNull(checkpoint, "checkpoint");
    requireNonNull(writer, "writer");
  }

  /** Whether the topic holds everything through the index. */
  public boolean isLevel() {
    return isLevel(checkpoint);
  }

  /** Whether a checkpoint says that everything through its index is there. */
  public static boolean isLevel(Checkpoint checkpoint) {
    return !checkpoint.notes().containsKey(NOT_LEVEL);
  }
}
