package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.jspecify.annotations.Nullable;

/**
 * The stored index of a link, beside its source. Immutable.
 *
 * @param checkpoint the stored checkpoint; null if there is none
 * @param head the source when this was read
 * @param history how far back the source's events could be read then
 * @see EtcdMirror#storedIndex
 */
public record StoredIndex(@Nullable Checkpoint checkpoint, SourceHead head, SourceHistory history) {

  /** Refuses nulls. */
  public StoredIndex {
    requireNonNull(head, "head");
    requireNonNull(history, "history");
  }

  /** Whether the first copy has not finished, so that the stored index is not valid yet. */
  public boolean isFirstCopy() {
    return checkpoint != null && CompareNote.saysFirstCopy(checkpoint);
  }

  /** Whether there is an index, and it can be one of this source. */
  public boolean isOfSource() {
    return checkpoint != null
        && checkpoint.index() <= head.index()
        && (checkpoint.clusterId() == null || checkpoint.clusterId().equals(head.clusterId()));
  }

  /**
   * Returns why no mirror starts from this checkpoint: a {@link Cutover} ended the link, or the
   * checkpoint has a note that this version does not understand. Empty if a mirror can start.
   */
  public Optional<String> refusal() {
    Checkpoint stored = checkpoint;
    if (stored == null) {
      return Optional.empty();
    }
    try {
      CutoverMark mark = CutoverMark.of(stored);
      if (mark != null) {
        return Optional.ofNullable(mark.refusal("this link").getMessage());
      }
      CompareNote.read(stored);
      return Optional.empty();
    } catch (PermanentException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }
}
