package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

/**
 * A stretch of history that the mirror cannot read event by event.
 *
 * @param reason why
 * @param from the last index that the sink holds; 0 if none
 * @param oldest the oldest index still to be had; 0 if not known
 * @param current the source's newest index
 */
public record Gap(Reason reason, long from, long oldest, long current) {

  /** Why there is a gap. */
  public enum Reason {
    /** Nothing is stored yet: the first run of a link. */
    NO_CHECKPOINT,
    /** The source's history no longer reaches back to the stored index. */
    HISTORY_CLEARED,
    /** The source is another cluster than the one that the checkpoint was made from. */
    CLUSTER_REPLACED,
    /** The source's newest index is below the stored one: it was restored or rebuilt. */
    INDEX_WENT_BACKWARDS,
    /** The checkpoint was made with other prefixes, excludes, mapping or expiry policy. */
    SCOPE_CHANGED,
    /**
     * A comparison was asked for: by somebody, or by the mirror itself where entries were left out
     * that the sink may be able to hold by now. No history is lost by it, so no policy is asked.
     */
    FORCED,
    /**
     * The sink no longer holds what was applied to it ({@link SinkDriftedException}). No history is
     * lost by it, so there is nothing to skip: {@link RecoveryPolicy.Decision#SKIP_GAP} is the same
     * as {@link RecoveryPolicy.Decision#RESYNC} here.
     */
    SINK_DRIFTED
  }

  /** Refuses nulls. */
  public Gap {
    requireNonNull(reason, "reason");
  }

  /** How many events of the whole source the gap spans; 0 where indexes cannot be compared. */
  public long events() {
    return switch (reason) {
      case HISTORY_CLEARED, SCOPE_CHANGED, FORCED, SINK_DRIFTED -> Math.max(0, current - from);
      case NO_CHECKPOINT, CLUSTER_REPLACED, INDEX_WENT_BACKWARDS -> 0;
    };
  }

  /** One line for a person. */
  public String describe() {
    return switch (reason) {
      case NO_CHECKPOINT -> "no index is stored; the source is at index " + current;
      case HISTORY_CLEARED ->
          "history is cleared: stored index %d, oldest available %d, current %d (%d events)"
              .formatted(from, oldest, current, events());
      case CLUSTER_REPLACED ->
          "the source is another cluster: stored index %d, current %d".formatted(from, current);
      case INDEX_WENT_BACKWARDS ->
          "the source went backwards: stored index %d, current %d".formatted(from, current);
      case SCOPE_CHANGED ->
          "the scope changed: stored index %d, current %d".formatted(from, current);
      case FORCED ->
          "a comparison was asked for: stored index %d, current %d".formatted(from, current);
      case SINK_DRIFTED ->
          "the sink no longer holds what was applied: stored index %d, current %d"
              .formatted(from, current);
    };
  }
}
