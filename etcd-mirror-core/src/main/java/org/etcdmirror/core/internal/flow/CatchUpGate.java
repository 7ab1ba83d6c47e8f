package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.internal.run.Approvals;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a backlog before the reader resumes from a known index ({@link CatchUp}). Used by
 * the reader's thread alone.
 *
 * <p>A resync takes a backlog with it. So it is held as the backlog would be, also where history is
 * gone; but not once it was handed over, as the applier may have a question of its own by then.
 */
public final class CatchUpGate {

  /** A backlog that is never worth a comparison. */
  public static final long HANDFUL = 100;

  private final CatchUp catchUp;
  private final InspectableSource source;
  private final Selection selection;
  private final Doubts doubts;
  private final Progress progress;
  private final Approvals approvals;
  private final Duration interval;

  /** Since when the sink was known to be level before this run; null where that is not told. */
  private @Nullable Since saved;

  /** Since when a backlog is held; null if none is. */
  private @Nullable Instant heldSince;

  /** Whether a resync is held. */
  private boolean heldResync;

  /** The time at which a backlog was approved. It is over once the sink was level after that. */
  private @Nullable Long approvedNanos;

  CatchUpGate(Settings settings, MirrorRuntime runtime, Selection selection) {
    this.catchUp = settings.catchUp();
    this.source = runtime.sides().source();
    this.selection = selection;
    this.doubts = runtime.doubts();
    this.progress = runtime.progress();
    this.approvals = runtime.approvals();
    this.interval = settings.timings().historyInterval();
  }

  /** The mirror goes on from a checkpoint of this time; who wrote a bare number told none. */
  void resumedFrom(Instant time) {
    saved = time.equals(Instant.EPOCH) ? null : Since.of(time, InstantSource.system());
  }

  /** Whether the backlog between two indexes is to be compared away and not replayed. */
  boolean collapses(long from, long head) {
    return catchUp.mode() == CatchUp.Mode.COLLAPSE && head - from > HANDFUL && doubts.isEmpty();
  }

  /**
   * Whether the backlog between two indexes waits for a person. If so, this has waited for a while,
   * and everything is to be looked at anew.
   */
  boolean holds(long from, long head) throws IOException, InterruptedException {
    if (!doubts.isEmpty() || !isTooMuch(from, head) || isCleared(from)) {
      release();
      return false;
    }
    return hold(false, describe(head - from));
  }

  /**
   * Whether a resync waits for a person, as it would bring a backlog with it that does. If so, this
   * has waited for a while, and everything is to be looked at anew.
   *
   * @param from where the sink is
   * @param found why the resync is to be done
   */
  boolean holdsResync(long from, List<Gap> found, long head) throws InterruptedException {
    if (doubts.isAnswered() || !isTooMuch(from, found, head)) {
      release();
      return false;
    }
    Gap last = found.get(found.size() - 1);
    String backlog =
        found.stream().anyMatch(CatchUpGate::isOtherHistory)
            ? "backlog of unknown size"
            : describe(head - from);
    return hold(
        true,
        "%s; %s: a comparison would write only the result".formatted(last.describe(), backlog));
  }

  private boolean isTooMuch(long from, List<Gap> found, long head) {
    boolean isOther = found.stream().anyMatch(CatchUpGate::isOtherHistory);
    return isTooMuch(from, isOther ? Long.MAX_VALUE : head);
  }

  /** Then the indexes do not tell how much happened. */
  private static boolean isOtherHistory(Gap gap) {
    return gap.reason() == Gap.Reason.CLUSTER_REPLACED
        || gap.reason() == Gap.Reason.INDEX_WENT_BACKWARDS;
  }

  /** False once a person has approved. */
  private boolean hold(boolean resync, String reason) throws InterruptedException {
    if (heldResync != resync) {
      // Something else is approved by then, under a token of its own.
      release();
      heldResync = resync;
    }
    Instant since = heldSince == null ? Instant.now() : heldSince;
    PendingApproval pending = Approvals.question(reason, since, null);
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

  /** Withdraws the request for approval. */
  void release() {
    if (heldSince != null) {
      heldSince = null;
      approvals.withdraw();
    }
  }

  private boolean isTooMuch(long from, long head) {
    if (catchUp.mode() != CatchUp.Mode.HOLD || head <= from) {
      return false;
    }
    Long let = approvedNanos;
    if (let != null && !progress.wasLevelAfter(let)) {
      return false;
    }
    Duration age = age();
    return head - from > catchUp.events() || (age != null && age.compareTo(catchUp.age()) > 0);
  }

  /** The time since the sink was last level; null if it never was. */
  private @Nullable Duration age() {
    Duration lately = progress.sinceLevel();
    if (lately != null) {
      return lately;
    }
    return saved == null ? null : saved.ago();
  }

  /** Then it is a gap, and no backlog any more. */
  private boolean isCleared(long from) throws IOException, InterruptedException {
    return source.history(selection).oldest() > from + 1;
  }

  private String describe(long backlog) {
    Duration age = age();
    return age == null
        ? "backlog of %d events".formatted(backlog)
        : "backlog of %d events, about %d minutes old".formatted(backlog, age.toMinutes());
  }
}
