package org.etcdmirror.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.internal.checkpoint.SuspectsNote;
import org.jspecify.annotations.Nullable;

/**
 * The status of a mirror at one moment. Counters begin at 0 when the mirror is built.
 *
 * @param link the name of the link
 * @param state what it is doing
 * @param index the sink holds every event of the scope through this source index; 0 before the
 *     first. While a gap is open, so that the state is not {@link MirrorState#FOLLOWING}, it is
 *     only the last index that was reached, and may be wrong
 * @param storedIndex the index in the index store, never above {@code index}; 0 before the first
 * @param applying if not 0, the sink holds only a part of the events through this index, because
 *     they were too large for one transaction
 * @param sourceIndex the newest index that the source is known to have
 * @param lagEvents how many events of the whole source lie between {@code index} and {@code
 *     sourceIndex}; never negative
 * @param sinceCaughtUp how long ago the sink was last proven level with the source; null if never
 * @param caughtUp whether the mirror is following and was proven level within the last 30 seconds
 * @param counters counts of this mirror so far
 * @param lastError the last failure, also after the mirror has recovered; null if none. A failure
 *     of the source, the sink or the index store begins with that word
 * @param lastErrorAt when the last failure was; null if never
 * @param pending the question that waits for approval in {@link MirrorState#BLOCKED}; null in any
 *     other state
 * @param headroom how much of the source's history behind {@code index} is left; null if not known
 * @param lastVerify the last comparison of this run that ended; null if none
 * @param gaps the last 100 gaps of this run that ended, the newest last
 * @param suspects the keys that writes of unknown outcome may still change; null if none
 * @param resync how far the resync is that runs now; null if none does
 * @param comparison how far the plan or the verification is that began last; null if none runs
 * @param resyncLoop the resyncs that repeat for the same reason; null if none do
 * @param writeLimit what the limit of writes does; null if there is none
 * @param expiringKeys how many keys of the source are known to have a time to live; no more than
 *     10,000 are counted
 * @param excluded how much each exclude of the scope has left out, in their order
 * @param membership the role among the members of the link; null without a {@link Standby}
 */
public record MirrorStatus(
    String link,
    MirrorState state,
    long index,
    long storedIndex,
    long applying,
    long sourceIndex,
    long lagEvents,
    @Nullable Duration sinceCaughtUp,
    boolean caughtUp,
    Counters counters,
    @Nullable String lastError,
    @Nullable Instant lastErrorAt,
    @Nullable PendingApproval pending,
    @Nullable Headroom headroom,
    @Nullable VerifyReport lastVerify,
    List<GapRecord> gaps,
    @Nullable Suspects suspects,
    @Nullable TaskProgress resync,
    @Nullable TaskProgress comparison,
    @Nullable ResyncLoop resyncLoop,
    @Nullable WriteLimit writeLimit,
    int expiringKeys,
    List<Excluded> excluded,
    @Nullable Membership membership) {

  /** Copies the lists. */
  public MirrorStatus {
    gaps = List.copyOf(gaps);
    excluded = List.copyOf(excluded);
  }

  /** What a member of a link does. */
  public enum Role {
    /** Mirrors, or tries to. */
    LEADER,
    /** Waits for the lead. */
    STANDBY
  }

  /**
   * The part of a mirror that has a {@link Standby}.
   *
   * @param role what it does
   * @param member its name
   * @param leader the name of the member that leads, as far as this one knows; null if it knows
   *     none
   * @param isWarm whether a standby follows the source without a gap behind the index that the
   *     leader has stored, so that it can take over without a resync; false for a leader
   */
  public record Membership(Role role, String member, @Nullable String leader, boolean isWarm) {}

  /**
   * How much an exclude of the scope has left out. A run that continues from its index does not
   * read all of the source. Until a comparison does, only keys of events are counted.
   *
   * @param exclude the pattern, or the word "prefix" and the prefix
   * @param leftOut how many keys of the source it has left out since the mirror was built, each
   *     once; no more than {@link #MOST} are counted
   * @param warning why it may not work as intended; null if there is no reason to warn
   */
  public record Excluded(String exclude, int leftOut, @Nullable String warning) {

    /** How many keys are counted. */
    public static final int MOST = 1000;
  }

  /**
   * The keys of writes to the sink whose answers never came. The mirror compares them until no late
   * effect is possible any more.
   *
   * @param count how many keys and trees; 1 for everything, if they are too many or not known
   * @param since when the first of these answers was lost
   * @param endpoints the servers that received the writes; an empty text for one that is not known
   */
  public record Suspects(int count, Instant since, List<String> endpoints) {

    /** The note of a checkpoint that holds them, for programs. */
    public static final String NOTE = "must-suspects";

    /** Copies the list. */
    public Suspects {
      endpoints = List.copyOf(endpoints);
    }

    /**
     * Reads them from a stored checkpoint; null if there are none.
     *
     * @throws org.etcdmirror.api.PermanentException if the note is not readable
     */
    public static @Nullable Suspects storedIn(Checkpoint checkpoint) {
      return SuspectsNote.describe(checkpoint);
    }

    /** Describes them in one line. */
    public String describe() {
      List<String> known = endpoints.stream().filter(one -> !one.isEmpty()).toList();
      return "%d since %s%s"
          .formatted(count, since, known.isEmpty() ? "" : ", sent to " + String.join(", ", known));
    }
  }

  /**
   * Three resyncs or more for the same reason, each within an hour of the one before. The next one
   * waits, longer each time, up to ten minutes. It is over when an hour has passed without one.
   *
   * @param reason why each was needed
   * @param resyncs how many there were
   * @param nextIn how long the next one waits at least; zero if it would not
   */
  public record ResyncLoop(Gap.Reason reason, int resyncs, Duration nextIn) {

    /** Describes it in one line. */
    public String describe() {
      return "resync loop: %d resyncs for %s; the next one begins in %d s at the earliest"
          .formatted(resyncs, reason, nextIn.toSeconds());
    }
  }

  /**
   * What the {@linkplain EtcdMirrorBuilder#maxWritesPerSecond limit of writes} does.
   *
   * @param keysPerSecond the limit
   * @param waits whether something waits for it now
   * @param waited how long writes have waited for it in this run
   */
  public record WriteLimit(int keysPerSecond, boolean waits, Duration waited) {}

  /**
   * What happened so far.
   *
   * @param eventsApplied events that are durable in the sink, those replaced by newer ones included
   * @param eventsFiltered events that the scope excludes
   * @param eventsCoalesced events that were not written because a newer one of the same batch
   *     replaced them
   * @param batches batches applied
   * @param gaps gaps found; a first run is not a gap
   * @param resyncs resyncs that ended
   * @param keysWritten entries that resyncs wrote
   * @param keysDeleted entries that resyncs deleted
   * @param retries transient failures of the source, the sink or the index store
   * @param streamRepairs events that a stream had lost and that were read again from history
   * @param historyOutruns watches taken over without history
   * @param lossyValues values in which the source had replaced bytes by U+FFFD
   * @param unsupportedEntries how often an entry was left out because the sink cannot hold it: by
   *     each resync and each event
   * @param deletesBlocked how often the {@link DeleteLimit} stopped a resync until approval
   * @param gapEvents events of the whole source that the gaps which ended had spanned
   * @param writes keys that were written to the sink or deleted there: by events, resyncs and
   *     repairs; a tree that is deleted as a whole counts as one
   */
  public record Counters(
      long eventsApplied,
      long eventsFiltered,
      long eventsCoalesced,
      long batches,
      long gaps,
      long resyncs,
      long keysWritten,
      long keysDeleted,
      long retries,
      long streamRepairs,
      long historyOutruns,
      long lossyValues,
      long unsupportedEntries,
      long deletesBlocked,
      long gapEvents,
      long writes) {}
}
