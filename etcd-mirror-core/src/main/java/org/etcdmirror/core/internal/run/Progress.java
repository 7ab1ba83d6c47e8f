package org.etcdmirror.core.internal.run;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.VerifyReport;
import org.jspecify.annotations.Nullable;

/** Progress of a running mirror. Its threads write it; any thread reads it. */
public final class Progress {

  /** The most characters of an error that a person is shown; it may name several endpoints. */
  static final int LONGEST_ERROR = 2_000;

  private static final Duration PROOF_LASTS = Duration.ofSeconds(30);
  private static final int MOST_GAPS = 100;
  private static final long LOOK_NANOS = 100_000_000;

  public final Counters counters = new Counters();

  /**
   * Goes up when the applier has done a batch of events or a recovery, before its index is reached.
   */
  public final AtomicLong changes = new AtomicLong();

  /** The resync that runs. */
  public final TaskMeter resync = new TaskMeter();

  /** The plan or verification that began last. */
  private TaskMeter comparison = new TaskMeter();

  private long index;
  private long storedIndex;
  private long applying;
  private long sourceIndex;
  private long handedOver;
  private long caughtUpNanos;

  /** The cluster of the stored index. */
  private @Nullable String cluster;

  /** Where the source was when it was asked last; null if nothing is known of the present one. */
  private @Nullable SourceHead head;

  private long headAskedNanos;

  /** Whether a caller waits for the next answer. */
  private boolean headWanted;

  /** Reasons why the sink may not be level. */
  private int doubts;

  /** A proof of before this is none of now; null if there never was a doubt. */
  private @Nullable Long doubtedNanos;

  /** Whether the source that answers is known to be the one that the index is of. */
  private boolean confirmed;

  private boolean everCaughtUp;
  private boolean over;
  private @Nullable String lastError;
  private @Nullable Instant lastErrorAt;
  private @Nullable PendingApproval pending;
  private @Nullable Headroom headroom;
  private MirrorStatus.@Nullable Suspects suspects;
  private MirrorStatus.@Nullable WriteLimit writeLimit;
  private @Nullable VerifyReport lastVerify;
  private final Deque<GapRecord> gapRecords = new ArrayDeque<>();

  /**
   * The sink holds everything through {@code applied}.
   *
   * @param head the newest index of the source when this was read
   * @param readNanos when that was; if there was no more, the sink is level with the source as of
   *     then, however long the writing took
   */
  public synchronized void applied(long applied, long head, long readNanos) {
    index = applied;
    if (applied >= head && (!everCaughtUp || readNanos - caughtUpNanos > 0)) {
      everCaughtUp = true;
      caughtUpNanos = readNanos;
    }
    notifyAll();
  }

  public synchronized long index() {
    return index;
  }

  /** The reader has handed over everything through this index; for tests. */
  public synchronized void handedOver(long through) {
    handedOver = through;
  }

  /** The index through which everything was handed over; goes back with the source. */
  public synchronized long handedOver() {
    return handedOver;
  }

  /** The time since the sink was last proven level; null if never in this run. */
  public synchronized @Nullable Duration sinceLevel() {
    return everCaughtUp ? Duration.ofNanos(System.nanoTime() - caughtUpNanos) : null;
  }

  /** Whether the sink was proven level later than this, by {@link System#nanoTime()}. */
  public synchronized boolean wasLevelAfter(long nanos) {
    return everCaughtUp && caughtUpNanos - nanos > 0;
  }

  /** Skips to an index, without calling the sink level. */
  public synchronized void skippedTo(long start) {
    index = start;
    head = null;
    notifyAll();
  }

  /** Resets progress after the source's index went backwards. */
  public synchronized void nothingApplied() {
    index = 0;
    head = null;
  }

  /**
   * The source was asked where it is. What its stream brings tells less, as that may have been on
   * its way for long.
   *
   * @param askedNanos when it was asked, by {@link System#nanoTime()}
   */
  public synchronized void sourceIs(SourceHead answer, long askedNanos) {
    if (head == null || askedNanos - headAskedNanos > 0) {
      head = answer;
      headAskedNanos = askedNanos;
    }
    headWanted = false;
    notifyAll();
  }

  /** Waits until a caller wants the source to be asked; false if none does in time. */
  public synchronized boolean awaitHeadWanted(Duration timeout) throws InterruptedException {
    TimedWait.until(this, () -> headWanted || over, timeout);
    return headWanted && !over;
  }

  /**
   * So many reasons more, or less if negative, why the sink may not be level. While there is one,
   * no index is held for certain.
   */
  synchronized void doubted(int more) {
    doubts += more;
    if (more > 0) {
      doubtedNanos = System.nanoTime();
    }
    notifyAll();
  }

  /** The source that answers has the history that is followed: from now on the index counts. */
  public synchronized void confirmed() {
    confirmed = true;
    notifyAll();
  }

  /**
   * The source does not answer, or another program writes to the sink: what answers next may be
   * another one, and no index counts until that is known.
   */
  public synchronized void unconfirmed() {
    confirmed = false;
  }

  /** Sets the starting index from the checkpoint. It counts once the source has confirmed it. */
  public synchronized void resumedAt(Checkpoint checkpoint) {
    index = checkpoint.index();
    stored(checkpoint);
    notifyAll();
  }

  public synchronized void stored(Checkpoint checkpoint) {
    storedIndex = checkpoint.index();
    applying = checkpoint.applying();
    cluster = checkpoint.clusterId();
    notifyAll();
  }

  /** From now on the sink holds a part of what leads to an index, until that is stored. */
  public synchronized void applying(long later) {
    applying = later;
  }

  /** A newer cluster may count from a smaller index, so this may go back. */
  public synchronized void sourceAt(long head) {
    sourceIndex = head;
  }

  public synchronized void sourceSeen(long head) {
    sourceIndex = Math.max(sourceIndex, head);
  }

  public synchronized void error(Throwable failure) {
    String message = failure.getMessage();
    lastError = DisplayText.of(message == null ? failure : message, LONGEST_ERROR);
    lastErrorAt = Instant.now();
  }

  /** Sets the pending approval; null when there is none. */
  synchronized void pending(@Nullable PendingApproval approval) {
    pending = approval;
  }

  public synchronized void headroom(@Nullable Headroom left) {
    headroom = left;
  }

  /** Sets the suspects; null if there are none. */
  public synchronized void suspects(MirrorStatus.@Nullable Suspects now) {
    suspects = now;
  }

  /** Sets what the limit of writes does. */
  synchronized void writeLimit(MirrorStatus.WriteLimit now) {
    writeLimit = now;
  }

  /** Returns the meter of a plan or a verification that begins. */
  public synchronized TaskMeter newComparison() {
    comparison = new TaskMeter();
    return comparison;
  }

  public synchronized void verified(VerifyReport report) {
    lastVerify = report;
  }

  synchronized void gapEnded(GapRecord gap) {
    counters.gapEvents.addAndGet(gap.gap().events());
    gapRecords.addLast(gap);
    if (gapRecords.size() > MOST_GAPS) {
      gapRecords.removeFirst();
    }
  }

  /** Wakes all waiting threads. */
  public synchronized void over() {
    over = true;
    notifyAll();
  }

  public synchronized boolean await(long wanted, Duration timeout) throws InterruptedException {
    TimedWait.until(this, () -> over || holds(wanted), timeout);
    return holds(wanted);
  }

  /**
   * Waits until the sink is proven level with the source as of a moment after the call.
   *
   * @param hopeless ends the wait, asked several times a second
   */
  public boolean awaitLevel(Duration timeout, BooleanSupplier hopeless)
      throws InterruptedException {
    long began = System.nanoTime();
    long deadline = began + NANOSECONDS.convert(timeout);
    while (true) {
      // Asked without the lock, as it has locks of its own.
      boolean ends = hopeless.getAsBoolean();
      synchronized (this) {
        long left = deadline - System.nanoTime();
        if (isLevelAfter(began)) {
          return true;
        }
        if (ends || over || left <= 0) {
          return false;
        }
        wantHeadOfAfter(began);
        NANOSECONDS.timedWait(this, Math.min(left, LOOK_NANOS));
      }
    }
  }

  private boolean isLevelAfter(long nanos) {
    return confirmed && doubts == 0 && wasLevelAfter(nanos) && holdsHeadOfAfter(nanos);
  }

  private boolean holdsHeadOfAfter(long nanos) {
    SourceHead asked = headOfAfter(nanos);
    return asked != null && SinkProgress.behind(cluster, index, asked) == 0;
  }

  private @Nullable SourceHead headOfAfter(long nanos) {
    return headAskedNanos - nanos >= 0 ? head : null;
  }

  private void wantHeadOfAfter(long nanos) {
    if (!headWanted && headOfAfter(nanos) == null) {
      headWanted = true;
      notifyAll();
    }
  }

  private boolean holds(long wanted) {
    return confirmed && doubts == 0 && index >= wanted;
  }

  /**
   * Waits until the sink holds what the source was.
   *
   * @return how many events it lacks in the end, of the whole source; 0 if it holds it
   */
  public synchronized long awaitLevel(SourceHead head, Duration timeout)
      throws InterruptedException {
    TimedWait.until(this, () -> over || behind(head) == 0, timeout);
    return behind(head);
  }

  private long behind(SourceHead head) {
    long behind = SinkProgress.behind(cluster, index, head);
    return doubts == 0 ? behind : Math.max(1, behind);
  }

  public MirrorStatus status(String link, MirrorState state) {
    return status(link, state, null, 0, List.of(), null);
  }

  public synchronized MirrorStatus status(
      String link,
      MirrorState state,
      MirrorStatus.@Nullable ResyncLoop resyncLoop,
      int expiringKeys,
      List<MirrorStatus.Excluded> excluded,
      MirrorStatus.@Nullable Membership membership) {
    Duration since = sinceLevel();
    boolean caughtUp =
        state == MirrorState.FOLLOWING
            && since != null
            && since.compareTo(PROOF_LASTS) < 0
            && (doubtedNanos == null || wasLevelAfter(doubtedNanos));
    return new MirrorStatus(
        link,
        state,
        index,
        Math.min(storedIndex, index),
        applying,
        sourceIndex,
        Math.max(0, sourceIndex - index),
        since,
        caughtUp,
        counters.now(),
        lastError,
        lastErrorAt,
        state == MirrorState.BLOCKED ? pending : null,
        headroom,
        lastVerify,
        List.copyOf(gapRecords),
        suspects,
        resync.now(),
        comparison.now(),
        resyncLoop,
        writeLimit,
        expiringKeys,
        excluded,
        membership);
  }
}
