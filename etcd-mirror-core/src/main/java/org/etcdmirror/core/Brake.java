package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Selection;
import org.jspecify.annotations.Nullable;

/**
 * What the reader does about a backlog before it goes on from a known index ({@link CatchUp}). Used
 * by the reader's thread alone.
 *
 * <p>While a resync is to be done there is no backlog to speak of: it takes everything with it.
 */
final class Brake {

  private final CatchUp catchUp;
  private final EventSource source;
  private final Selection selection;
  private final StateMachine states;
  private final Progress progress;
  private final Approvals approvals;
  private final Duration interval;

  /** Since when the sink was known to be level before this run; null where that is not told. */
  private @Nullable Since saved;

  /** Since when a backlog is held; null if none is. */
  private @Nullable Instant heldSince;

  /** When a person let a backlog go; it is gone once the sink was level after that. */
  private @Nullable Long approvedNanos;

  Brake(Parts parts, Selection selection) {
    this.catchUp = parts.catchUp();
    this.source = parts.source();
    this.selection = selection;
    this.states = parts.states();
    this.progress = parts.progress();
    this.approvals = parts.approvals();
    this.interval = parts.historyInterval();
  }

  /** The mirror goes on from a checkpoint of this time; who wrote a bare number told none. */
  void resumedFrom(Instant time) {
    saved = time.equals(Instant.EPOCH) ? null : Since.of(time, InstantSource.system());
  }

  /** Whether the backlog between two indexes is to be compared away and not replayed. */
  boolean collapses(long position, long head) {
    return catchUp.mode() == CatchUp.Mode.COLLAPSE
        && head - position > CatchUp.HANDFUL
        && !states.isResyncWanted();
  }

  /**
   * Whether the backlog between two indexes waits for a person. If so, this has waited for a while,
   * and everything is to be looked at anew.
   */
  boolean holds(long position, long head) throws IOException, InterruptedException {
    if (!isTooMuch(position, head) || isCleared(position)) {
      release();
      return false;
    }
    Instant since = heldSince == null ? Instant.now() : heldSince;
    PendingApproval pending = new PendingApproval(describe(head - position), since, null);
    if (heldSince == null) {
      heldSince = since;
      approvals.ask(pending);
    } else {
      approvals.refresh(pending);
    }
    if (!approvals.await(interval)) {
      return true;
    }
    heldSince = null;
    approvedNanos = System.nanoTime();
    return false;
  }

  /** What was held is no question any more. */
  void release() {
    if (heldSince != null) {
      heldSince = null;
      approvals.withdraw();
    }
  }

  private boolean isTooMuch(long position, long head) {
    if (catchUp.mode() != CatchUp.Mode.HOLD || head <= position || states.isResyncWanted()) {
      return false;
    }
    Long let = approvedNanos;
    if (let != null && !progress.wasLevelAfter(let)) {
      return false;
    }
    Duration age = age();
    return head - position > catchUp.events() || (age != null && age.compareTo(catchUp.age()) > 0);
  }

  /** How long ago the sink was known to be level; null if it never was. */
  private @Nullable Duration age() {
    Duration lately = progress.sinceLevel();
    if (lately != null) {
      return lately;
    }
    return saved == null ? null : saved.ago();
  }

  /** Then it is a gap, and no backlog any more. */
  private boolean isCleared(long position) throws IOException, InterruptedException {
    return source.history(selection).oldest() > position + 1;
  }

  private String describe(long backlog) {
    Duration age = age();
    return age == null
        ? "a backlog of %d events waits".formatted(backlog)
        : "a backlog of %d events, about %d minutes old, waits".formatted(backlog, age.toMinutes());
  }
}
