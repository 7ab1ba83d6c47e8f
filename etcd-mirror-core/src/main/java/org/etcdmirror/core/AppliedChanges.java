package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Gap;
import org.jspecify.annotations.Nullable;

/**
 * Changes that were given to the sink at once.
 *
 * @param cause why they were written
 * @param batch the changes, by their keys in the sink. Each has the source index at which it
 *     happened; a delete by a resync has the index at which the source was read
 * @param sinkIndex the index of the sink's cluster at or below which it made them, as {@link
 *     EventSink#appliedAt} tells it; 0 if it is not known
 */
public record AppliedChanges(Cause cause, EventBatch batch, long sinkIndex) {

  /** Why a change was written. */
  public enum Reason {
    /** It came as an event. */
    LIVE,
    /** The first copy found that the sink lacks it, or holds too much. */
    FIRST_COPY,
    /** A resync found that both sides differ. */
    RESYNC,
    /** A write of unknown outcome may have changed the key, and a comparison found that it did. */
    REPAIR
  }

  /**
   * Why changes were written.
   *
   * @param reason the kind of work that wrote them
   * @param gap the gap that a resync or a first copy closes; null for other work
   */
  public record Cause(Reason reason, @Nullable Gap gap) {

    /** Events. */
    public static final Cause LIVE = new Cause(Reason.LIVE, null);

    /** Keys that a write of unknown outcome may have changed. */
    public static final Cause REPAIR = new Cause(Reason.REPAIR, null);

    /** Refuses nulls, but for the gap. */
    public Cause {
      requireNonNull(reason, "reason");
    }

    /** A resync, or the first copy, that closes a gap. */
    public static Cause closing(Gap gap) {
      boolean isFirst = gap.reason() == Gap.Reason.NO_CHECKPOINT;
      return new Cause(isFirst ? Reason.FIRST_COPY : Reason.RESYNC, gap);
    }
  }

  /** Refuses nulls. */
  public AppliedChanges {
    requireNonNull(cause, "cause");
    requireNonNull(batch, "batch");
  }
}
