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
    /**
     * Nothing is stored yet, or only that the first copy was not finished: the first run of a link.
     * It is no gap: no policy is asked, and no gap is counted or reported; it is the reason of the
     * first copy.
     */
    NO_CHECKPOINT,
    /**
     * Newer events pushed out what follows the stored index: etcd v2 keeps 1000 of them, over the
     * whole keyspace.
     */
    HISTORY_CLEARED,
    /** What follows the stored index was compacted, as is done in etcd v3. */
    HISTORY_COMPACTED,
    /**
     * The index turned out to be wrong: an event at or below it was never delivered, or may never
     * have been ({@link IndexDisprovedException}). History may be whole.
     */
    INDEX_DISPROVED,
    /**
     * The source is another cluster than the one that the checkpoint was made from, or one of the
     * same identity with another history ({@link Anchor}).
     */
    CLUSTER_REPLACED,
    /** The source's newest index is below the stored one: it was restored or rebuilt. */
    INDEX_WENT_BACKWARDS,
    /**
     * The checkpoint was made with other prefixes, excludes, mapping, transforms or expiry policy.
     */
    SCOPE_CHANGED,
    /**
     * A comparison was requested: by a caller, or by the mirror itself where entries were left out
     * that the sink may be able to hold by now. No history is lost by it, so no policy is asked.
     */
    FORCED,
    /**
     * The sink no longer holds what was applied to it ({@link SinkDriftedException}). No history is
     * lost by it, so there is nothing to skip: {@code SKIP_GAP} is the same as {@code RESYNC} here.
     */
    SINK_DRIFTED,
    /**
     * The sink was wiped, or an older state of it was put back ({@link SinkRolledBackException}).
     * The source's history may be whole, so there is nothing to skip: {@code SKIP_GAP} is the same
     * as {@code RESYNC} here.
     */
    SINK_ROLLED_BACK,
    /**
     * There is a backlog of events, and only what came of them is to be written. No history is lost
     * by it, so no policy is asked.
     */
    CATCH_UP
  }

  /** Refuses nulls. */
  public Gap {
    requireNonNull(reason, "reason");
  }

  /** Whether the indexes are of one history, so that events between them can be counted. */
  public boolean isCountable() {
    return switch (reason) {
      case HISTORY_CLEARED,
          HISTORY_COMPACTED,
          INDEX_DISPROVED,
          SCOPE_CHANGED,
          FORCED,
          SINK_DRIFTED,
          SINK_ROLLED_BACK,
          CATCH_UP ->
          true;
      case NO_CHECKPOINT, CLUSTER_REPLACED, INDEX_WENT_BACKWARDS -> false;
    };
  }

  /**
   * How many events of the whole source the gap spans: all that the mirror has not seen. 0 where
   * they cannot be counted.
   */
  public long events() {
    return isCountable() ? Math.max(0, current - from) : 0;
  }

  /** How many of these cannot be read any more; 0 where they cannot be counted. */
  public long lostEvents() {
    return isCountable() && oldest > 0 ? Math.max(0, oldest - 1 - from) : 0;
  }

  private String oldestText() {
    return oldest == 0 ? "not known" : Long.toString(oldest);
  }

  /** One line for a person. */
  public String describe() {
    return switch (reason) {
      case NO_CHECKPOINT -> "no index is stored; the source is at index " + current;
      case HISTORY_CLEARED ->
          "history is cleared: stored index %d, oldest available %s, current %d (%d events)"
              .formatted(from, oldestText(), current, events());
      case HISTORY_COMPACTED ->
          "history is compacted: stored index %d, oldest available %s, current %d (%d events)"
              .formatted(from, oldestText(), current, events());
      case INDEX_DISPROVED ->
          "the index was wrong, because an event at or below it was never delivered: stored index %d, current %d"
              .formatted(from, current);
      case CLUSTER_REPLACED ->
          "the source is another cluster, or was wiped or restored: stored index %d, current %d"
              .formatted(from, current);
      case INDEX_WENT_BACKWARDS ->
          "the source went backwards: stored index %d, current %d".formatted(from, current);
      case SCOPE_CHANGED ->
          "the scope changed: stored index %d, current %d".formatted(from, current);
      case FORCED ->
          "a comparison was requested: stored index %d, current %d".formatted(from, current);
      case SINK_DRIFTED ->
          "the sink no longer holds what was applied: stored index %d, current %d"
              .formatted(from, current);
      case SINK_ROLLED_BACK ->
          "the sink was wiped or restored to an older state: stored index %d, current %d"
              .formatted(from, current);
      case CATCH_UP ->
          "the backlog is written as one comparison: stored index %d, current %d (%d events)"
              .formatted(from, current, events());
    };
  }
}
