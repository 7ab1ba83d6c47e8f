package org.etcdmirror.service.command;

import java.time.Instant;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.jspecify.annotations.Nullable;

/**
 * A move of a link's stored index by a person's hand.
 *
 * @param stored the checkpoint; null if there is none
 * @param index where to move to
 * @param head the source now
 * @param history how far back its events can be read
 */
record IndexMove(@Nullable Checkpoint stored, long index, SourceHead head, SourceHistory history) {

  /** The note of a link that was ended by a cut-over. */
  static final String CUT_OVER = "cutover";

  /** The note that tells of the last move. */
  private static final String MOVED = "moved";

  /** The note that tells by which prefixes the sink was written, each after such a line. */
  private static final String SCOPE = "scope";

  private static final String NEXT_SCOPE = "\nkeys ";

  /** What an index was proven by, which says nothing of another one. */
  private static final String ANCHOR = "anchor";

  /** Why it cannot be; null if it can. */
  @Nullable String refusal() {
    if (stored != null && stored.notes().containsKey(CUT_OVER)) {
      return "this link was cut over, and its index is the record of that: "
          + stored.notes().get(CUT_OVER);
    }
    String unknown = stored == null ? null : DoubtNotes.unknown(stored);
    if (unknown != null) {
      return "the checkpoint bears the note '%s', which a newer version wrote: use that version"
          .formatted(unknown);
    }
    return index > head.index()
        ? "%d is above the source's newest index, %d".formatted(index, head.index())
        : null;
  }

  /** Whether the index is there already, and the next run goes on from it. */
  boolean isDone() {
    return stored != null && stored.index() == index && doubt() == null && !hasFormerScopes();
  }

  /** Whether the next run would ask to delete what former prefixes left. */
  private boolean hasFormerScopes() {
    return stored != null && stored.notes().getOrDefault(SCOPE, "").contains(NEXT_SCOPE);
  }

  /** Why the sink may not be level, by what is stored. */
  private @Nullable String doubt() {
    return stored == null ? null : DoubtNotes.text(stored);
  }

  /** What it would lose or repeat. */
  String explain() {
    StringJoiner lines = new StringJoiner(System.lineSeparator());
    if (stored == null) {
      lines.add(
          ("nothing is stored: the next run would take the sink for level with the source at"
                  + " index %d, and whatever differs now stays different; without a stored index"
                  + " it compares both sides and loses nothing")
              .formatted(index));
    } else if (index == stored.index()) {
      lines.add("the index stays %d".formatted(index));
    } else if (index > stored.index()) {
      lines.add(
          ("forward from %d to %d: what the %d events between them changed is never looked at;"
                  + " a resync, which is what 'run' begins by itself where history is gone, loses"
                  + " nothing")
              .formatted(stored.index(), index, index - stored.index()));
    } else {
      lines.add(
          "back from %d to %d: what happened after %d is applied again, which is harmless"
              .formatted(stored.index(), index, index));
    }
    if (doubt() != null) {
      lines.add(
          ("the next run is to compare both sides (%s); --force takes that away, and whatever"
                  + " differs now stays different")
              .formatted(doubt()));
    }
    if (hasFormerScopes()) {
      lines.add(
          "the checkpoint tells of former prefixes; --force takes that away, and what they left in the sink stays there");
    }
    if (index < history.oldest() - 1) {
      lines.add("history begins at %d, so the next run finds a gap".formatted(history.oldest()));
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
   * What is stored from then on: of the same cluster and scope, and of the same time, as that is
   * when a mirror last knew the sink to be level.
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
