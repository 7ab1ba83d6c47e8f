package org.etcdmirror.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.core.internal.checkpoint.SuspectsNote;
import org.jspecify.annotations.Nullable;

/**
 * A mirror at one moment. Counters begin at 0 when the mirror is built.
 *
 * @param link the name of the link
 * @param state what it is doing
 * @param index the sink holds every event of the scope through this source index; 0 before the
 *     first. While a gap is open, so that the state is not {@link MirrorState#FOLLOWING}, it is
 *     only the last index that was reached, and may be wrong
 * @param storedIndex the index in the index store, never above {@code index}; 0 before the first
 * @param applying if not 0, the sink holds a part of what leads to this index, which was too large
 *     to be applied as one
 * @param sourceIndex the newest index that the source is known to have
 * @param lagEvents how many events, of the whole source, lie between the two; never negative
 * @param sinceCaughtUp how long ago the sink was last proven level with the source; null if never
 * @param caughtUp whether the mirror is following and was proven level within the last 30 seconds
 * @param counters what happened so far
 * @param lastError the last failure, also after it was overcome; null if none. A failure of the
 *     source, the sink or the index store begins with that word
 * @param lastErrorAt when that was; null if never
 * @param pending what is waited for in {@link MirrorState#BLOCKED}; null in any other state
 * @param headroom what is left of the source's history behind {@code index}; null if not known
 * @param lastVerify the last comparison of this run that ended; null if none
 * @param gaps the last 100 gaps of this run that ended, the newest last
 * @param suspects what writes of unknown outcome touched and may still change; null if nothing
 * @param excluded what each exclude of the scope has left out, in their order
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
    List<Excluded> excluded) {

  /** Copies the lists. */
  public MirrorStatus {
    gaps = List.copyOf(gaps);
    excluded = List.copyOf(excluded);
  }

  /**
   * What an exclude of the scope has left out. A run that goes on from its index does not read all
   * of the source: until a comparison does, only what events named is counted.
   *
   * @param exclude the pattern, or the word "prefix" and the prefix
   * @param leftOut how many keys of the source it has left out since the mirror was built, each
   *     once; no more than {@link #MOST} are counted
   * @param warning why it may not do what it seems to; null if nothing is known
   */
  public record Excluded(String exclude, int leftOut, @Nullable String warning) {

    /** How many keys are counted. */
    public static final int MOST = 1000;
  }

  /**
   * Writes were sent to the sink whose answers never came. What they touched is compared until no
   * late effect is possible any more.
   *
   * @param count how many keys and trees; 1 for everything, if they are too many or not known
   * @param since when the first of them was lost
   * @param endpoints the servers that they were sent to; an empty text where that is not known
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
     * @throws org.etcdmirror.api.PermanentException if what it tells is not readable
     */
    public static @Nullable Suspects storedIn(Checkpoint checkpoint) {
      return SuspectsNote.describe(checkpoint);
    }

    /** One line for a person. */
    public String describe() {
      List<String> known = endpoints.stream().filter(one -> !one.isEmpty()).toList();
      return "%d since %s%s"
          .formatted(count, since, known.isEmpty() ? "" : ", sent to " + String.join(", ", known));
    }
  }

  /**
   * What happened so far.
   *
   * @param eventsApplied events that are durable in the sink, those replaced by newer ones included
   * @param eventsFiltered events that the scope excludes
   * @param eventsCoalesced events that were not written because a newer one of the same batch
   *     replaced them
   * @param batches batches applied
   * @param gaps gaps found; a first run is none
   * @param resyncs resyncs that ended
   * @param keysWritten entries that resyncs wrote
   * @param keysDeleted entries that resyncs deleted
   * @param retries transient failures of the source, the sink or the index store
   * @param streamRepairs events that a stream had lost and that were read again from history
   * @param historyOutruns watches taken over without history
   * @param lossyValues values in which the source had replaced bytes by U+FFFD
   * @param unsupportedEntries entries that were left out because the sink cannot hold them, each
   *     time that they were: by a resync, and again by each event
   * @param deletesBlocked how often the {@link DeleteLimit} stopped a resync for a person
   * @param gapEvents events of the whole source that the gaps which ended had spanned
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
      long gapEvents) {}
}
