package org.etcdmirror.service.command;

import java.time.Instant;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.jspecify.annotations.Nullable;

/**
 * Moves a link's stored index on behalf of a person.
 *
 * @param stored the checkpoint; null if there is none
 * @param index the new index
 * @param head the source now
 * @param history how much of its history is left
 */
record IndexMove(@Nullable Checkpoint stored, long index, SourceHead head, SourceHistory history) {

  /** The note of a link that was ended by a cut-over. */
  static final String CUT_OVER = "cutover";

  /** The note about the last move. */
  private static final String MOVED = "moved";

  /** The note that lists the scopes that wrote to the sink. */
  private static final String SCOPE = "scope";

  private static final String NEXT_SCOPE = "\nkeys ";

  /** The note that proves the stored index, and no other one. */
  private static final String ANCHOR = "anchor";

  /** Returns why the move is refused; null if it is not. */
  @Nullable String refusal() {
    if (stored != null && stored.notes().containsKey(CUT_OVER)) {
      return "this link was cut over, so its index must stay: " + stored.notes().get(CUT_OVER);
    }
    String unknown = stored == null ? null : DoubtNotes.unknown(stored);
    if (unknown != null) {
      return "the checkpoint has the note '%s' of a newer version; use that version"
          .formatted(unknown);
    }
    return index > head.index()
        ? "%d is above the source's newest index, %d".formatted(index, head.index())
        : null;
  }

  /** Returns whether there is nothing to do. */
  boolean isDone() {
    return stored != null && stored.index() == index && doubt() == null && !hasFormerScopes();
  }

  /** Whether the next run would ask to delete keys of former prefixes. */
  private boolean hasFormerScopes() {
    return stored != null && stored.notes().getOrDefault(SCOPE, "").contains(NEXT_SCOPE);
  }

  /** The stored reason why the sink may not be level. */
  private @Nullable String doubt() {
    return stored == null ? null : DoubtNotes.text(stored);
  }

  /** Says what the move would lose or repeat. */
  String explain() {
    StringJoiner lines = new StringJoiner(System.lineSeparator());
    if (stored == null) {
      lines.add(
          ("no index is stored: the next run would assume that the sink equals the source at index"
                  + " %d, and present differences would stay; without a stored index it compares"
                  + " both sides and loses nothing")
              .formatted(index));
    } else if (index == stored.index()) {
      lines.add("the index stays %d".formatted(index));
    } else if (index > stored.index()) {
      lines.add(
          ("forward from %d to %d: the changes of the %d events between them are lost; a resync,"
                  + " which 'run' starts by itself when history is lost, loses nothing")
              .formatted(stored.index(), index, index - stored.index()));
    } else {
      lines.add(
          "back from %d to %d: the events after %d are applied again, which is harmless"
              .formatted(stored.index(), index, index));
    }
    if (doubt() != null) {
      lines.add(
          ("the next run would compare both sides (%s); with --force it does not, and present"
                  + " differences stay")
              .formatted(doubt()));
    }
    if (hasFormerScopes()) {
      lines.add(
          "the checkpoint lists former prefixes; --force removes them from it, and their keys stay in the sink");
    }
    if (index < history.oldest() - 1) {
      lines.add("history begins at %d: the next run finds a gap".formatted(history.oldest()));
    }
    if (stored != null
        && stored.clusterId() != null
        && !stored.clusterId().equals(head.clusterId())) {
      lines.add(
          "the stored index is of cluster %s, the source is %s: the next run finds a gap"
              .formatted(stored.clusterId(), head.clusterId()));
    }
    return lines.toString();
  }

  /**
   * Makes the new checkpoint. It keeps the cluster, the scope and the time, which is when a mirror
   * last knew the sink to be level.
   */
  Checkpoint checkpoint(Instant now) {
    TreeMap<String, String> notes = new TreeMap<>();
    if (stored != null) {
      notes.putAll(DoubtNotes.without(stored.notes()));
    }
    notes.remove(ANCHOR);
    if (hasFormerScopes()) {
      notes.remove(SCOPE);
    }
    String givenUp = doubt() == null ? "" : ", not compared: " + doubt();
    notes.put(MOVED, "from %s to %d at %s by index set%s".formatted(from(), index, now, givenUp));
    return stored == null
        ? new Checkpoint(index, head.clusterId(), null, now, 0, notes)
        : new Checkpoint(
            index,
            stored.clusterId(),
            stored.scope(),
            stored.savedAt(),
            stored.applying() > index ? stored.applying() : 0,
            notes);
  }

  private String from() {
    return stored == null ? "nothing" : Long.toString(stored.index());
  }
}
