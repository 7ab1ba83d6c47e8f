package org.etcdmirror.core;

import java.time.Duration;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.UnsupportedEntryException;
import org.jspecify.annotations.Nullable;

/**
 * Receives the events of a mirror's life. Called on the mirror's own threads, so it must be fast
 * and must not wait for the mirror. Exceptions that it throws are logged and otherwise ignored. All
 * methods do nothing by default.
 *
 * <p>Order: states arrive in the order in which they happened. For one gap, {@link #onGap} comes
 * first, then {@link #onBlocked} each time the mirror waits for approval, then the {@link
 * #onResync} that closes it if there is one, and {@link #onGapEnded} last. A gap that is still open
 * when the mirror is closed has no end in this run. One resync may end several gaps. {@link
 * #onBatch} comes after the batch is durable and, unless the sink stores both as one, before its
 * index is stored.
 */
public interface MirrorListener {

  /**
   * The mirror loaded its checkpoint. Comes before anything is applied.
   *
   * @param from the checkpoint that it continues from; null if there is none
   */
  default void onResumed(@Nullable Checkpoint from) {}

  /** The state changed. */
  default void onState(MirrorState before, MirrorState after) {}

  /** A batch is durable in the sink. Its events have the sink's keys. */
  default void onBatch(EventBatch batch) {}

  /**
   * The same, with the time that writing the batch took, repetitions included. The mirror calls
   * this one; by default it calls {@link #onBatch(EventBatch)}.
   */
  default void onBatch(EventBatch batch, Duration took) {
    onBatch(batch);
  }

  /**
   * The sink confirmed changes, whatever wrote them: events, the first copy, a resync or a repair.
   * Comes once for each confirmation, in the order in which the sink was written to, before the
   * index is stored unless the sink stores both as one. Of several events of one key in one batch,
   * only the last is applied. A process that is killed may have applied changes that this did not
   * tell; the next run then tells them again, or {@linkplain #onResumed continues} behind them.
   */
  default void onApplied(AppliedChanges changes) {}

  /**
   * A call of the sink failed, so each of these changes may be there, may come there later, or may
   * never have been sent. The mirror gives them again, or compares both sides, and {@link
   * #onApplied} follows for what it then writes; unless the mirror ends before that.
   */
  default void onUnconfirmed(AppliedChanges changes, Exception failure) {}

  /**
   * A gap was found, with the decision about it. A first run is not a gap, but its copy is a
   * resync.
   */
  default void onGap(Gap gap, RecoveryPolicy.Decision decision) {}

  /** A resync ended, and the sink is level with the source at the index of the report. */
  default void onResync(ResyncReport report) {}

  /** A gap ended: a resync closed it, it was skipped, or the mirror stops because of it. */
  default void onGapEnded(GapRecord gap) {}

  /**
   * The mirror waits for a person's approval, for deletes or for a backlog. {@link
   * EtcdMirror#approve} may be called from here.
   */
  default void onBlocked(PendingApproval pending) {}

  /** A person approved what the mirror waited for. Called by the thread that approves. */
  default void onApproved(PendingApproval given) {}

  /**
   * A comparison of source and sink ended. Called by the thread that compared: one of the mirror's,
   * or the caller of {@link EtcdMirror#verify}.
   */
  default void onVerified(VerifyReport report) {}

  /** The source noticed something. */
  default void onNotice(SourceNotice notice) {}

  /**
   * The sink cannot hold an entry: it is left out, or the mirror is about to fail because of it.
   * Called once for each key, and only for the first 10,000 keys; {@link
   * MirrorStatus.Counters#unsupportedEntries()} counts all that were left out.
   */
  default void onUnsupportedEntry(UnsupportedEntryException.Refusal refusal) {}

  /** A transient failure; the next attempt comes after {@code pause}. */
  default void onRetry(Exception failure, Duration pause) {}

  /** The mirror failed for good. Comes after the state. */
  default void onFailed(Throwable failure) {}
}
