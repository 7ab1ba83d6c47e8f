package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.etcdmirror.core.internal.gap.GapDecision;
import org.etcdmirror.core.internal.gap.GapFinder;
import org.etcdmirror.core.internal.gap.ReadIndex;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.etcdmirror.core.internal.resync.OtherHistoryException;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.LogBudget;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.RepeatedResyncs;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.run.StateMachine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader's thread: finds the place to go on from, follows the source, and hands over. It knows
 * of gaps and asks the policy about them; it never touches the sink.
 */
public final class Reader {

  private static final Logger log = LoggerFactory.getLogger(Reader.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** Of a stream that tells seldom, not even that nothing happened. */
  private static final Duration IDLE_POLL = Duration.ofSeconds(10);

  private static final long IDLE_AFTER = Duration.ofSeconds(6).toNanos();
  private static final int NOTICES_A_MINUTE = 6;

  private final String link;
  private final InspectableSource source;
  private final Selection selection;
  private final EventMapping mapping;
  private final RecoveryState recovery;
  private final Doubts doubts;
  private final GapDecision decision;
  private final RepeatedResyncs repeated;
  private final CatchUpGate catchUpGate;
  private final WorkQueue queue;
  private final StateMachine states;
  private final Progress progress;
  private final MirrorListener listener;
  private final Shutdown shutdown;
  private final Retry retry;
  private final StreamWorth worth = new StreamWorth();
  private final LogBudget noticeLines = new LogBudget(NOTICES_A_MINUTE);

  /** What a batch tells beside its events. */
  private record Told(long index, long headIndex, long seenNanos) {}

  private boolean lossyValueLogged;

  public Reader(Settings settings, MirrorRuntime runtime, WorkQueue queue, CheckpointNotes notes) {
    Sides sides = runtime.sides();
    this.link = settings.link();
    this.source = sides.source();
    this.selection = sides.mapper().selection();
    this.progress = runtime.progress();
    this.mapping = new EventMapping(sides, progress, notes.expiring());
    this.recovery = new RecoveryState(notes.anchors());
    this.doubts = runtime.doubts();
    this.decision = new GapDecision(settings.policy(), runtime.gaps());
    this.repeated = runtime.repeatedResyncs();
    this.catchUpGate = new CatchUpGate(settings, runtime, selection);
    this.queue = queue;
    this.states = runtime.states();
    this.listener = runtime.listener();
    this.shutdown = runtime.shutdown();
    this.retry = new Retry(settings, runtime);
  }

  /** Sets the index to resume from, unless the first copy was not finished. */
  public void resumeFrom(Checkpoint checkpoint) {
    if (CompareNote.isFirstCopy(checkpoint)) {
      return;
    }
    recovery.resumed(checkpoint);
    catchUpGate.resumedFrom(checkpoint.savedAt());
  }

  /** Reads until the mirror is to end or the source fails for good. */
  public void run() {
    try {
      while (!shutdown.hasBegun()) {
        try {
          connectAndFollow();
        } catch (IOException e) {
          sourceLost(e);
          retry.pause(e);
        }
      }
    } catch (Retry.StoppedException e) {
      log.debug("[link={}] reader stopped", link);
    } catch (InterruptedException e) {
      end(new PermanentException("reader thread was interrupted", e));
    } catch (Throwable e) {
      end(e);
    }
  }

  /** Keeps what the mirror knew when its end was requested. */
  private void sourceLost(IOException e) {
    if (!shutdown.hasBegun()) {
      progress.unconfirmed();
      progress.error(e);
      states.sourceLost();
    }
  }

  /** The applier still applies what was read before, and then fails the mirror with this cause. */
  private void end(Throwable cause) {
    if (shutdown.hasBegun()) {
      // Interrupted, and with a source that may be closed already: as it should be.
      log.debug("[link={}] reader ended", link, cause);
    } else {
      progress.error(cause);
      queue.fail(cause);
    }
  }

  private void connectAndFollow() throws IOException, InterruptedException {
    SourceHead head = source.head(selection);
    progress.sourceAt(head.index());
    findGaps(head);
    ReadIndex from = recovery.readIndex();
    if (from == null || doubts.isUnanswered()) {
      followAfterGap(head);
      return;
    }
    if (catchUpGate.holds(from.index(), head.index())) {
      return;
    }
    try (EventStream stream = source.open(selection, Start.after(from.index()))) {
      confirm(head, from.index());
      if (!catchUpGate.collapses(from.index(), head.index())) {
        follow(stream, head);
        return;
      }
      // History is still there, or it would be a gap for the policy.
      doubts.add(GapFinder.backlog(from, head));
    } catch (LostEventsException e) {
      // Looked at by a connection of its own, as the source may be another one by now.
      lost(e);
    }
  }

  /**
   * Events are missing, now or while following: either way from where the last batch ended. That is
   * known from here on, whatever becomes of this connection.
   */
  private void lost(LostEventsException e) {
    doubts.add(GapFinder.lost(recovery.readIndex(), e));
  }

  /** Opens the stream first and only then lets the applier look, so nothing falls between. */
  private void followAfterGap(SourceHead head) throws IOException, InterruptedException {
    List<Gap> found = doubts.unanswered().stream().map(gap -> Doubts.asOf(head, gap)).toList();
    RecoveryPolicy.Decision decided = decision.of(found);
    if (decided == RecoveryPolicy.Decision.RESYNC && waitsForItsTurn(found)) {
      return;
    }
    ReadIndex from = recovery.readIndex();
    if (from == null || decided != RecoveryPolicy.Decision.RESYNC) {
      catchUpGate.release();
    } else if (catchUpGate.holdsResync(from.index(), found, head.index())) {
      return;
    }
    try (EventStream stream = source.open(selection, Start.now())) {
      long start = stream.startIndex();
      confirm(head, start);
      Gap last = found.get(found.size() - 1);
      long number = doubts.answer();
      Work.Recovery next =
          decided == RecoveryPolicy.Decision.RESYNC
              ? new Work.Resync(last, head.clusterId(), start, number, Doubts.areOnlyEvents(found))
              : new Work.Skip(last, head.clusterId(), start, number);
      recovery.recovering(next, found);
      queue.put(next);
      recovery.read(start, head.clusterId());
      follow(stream, head);
    } catch (LostEventsException e) {
      // A gap of its own for the next connection, which comes after a pause: else a stream that
      // always ends so would have both sides compared without end.
      lost(e);
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Whether a resync comes too soon after others for the same reason. If so, this has waited, and
   * everything is to be looked at anew.
   */
  private boolean waitsForItsTurn(List<Gap> found) throws InterruptedException {
    Duration left = repeated.left(found);
    if (left.isZero()) {
      return false;
    }
    // The source answers, and no stream is wanted yet.
    states.sourceConnected();
    shutdown.await(left);
    return true;
  }

  private void findGaps(SourceHead head) throws IOException, InterruptedException {
    ReadIndex from = recovery.readIndex();
    if (from != null) {
      GapFinder.otherHistory(from, head, () -> recovery.isAnchorBroken(source, selection))
          .ifPresent(doubts::add);
    } else if (doubts.isEmpty()) {
      doubts.add(GapFinder.firstCopy(head));
    }
  }

  /** Whether the stream was opened on the cluster that was asked before, and not on a successor. */
  private void confirm(SourceHead before, long start) throws IOException, InterruptedException {
    SourceHead now = source.head(selection);
    if (!now.clusterId().equals(before.clusterId()) || now.index() < start) {
      throw new OtherHistoryException("source was replaced while the stream was opened");
    }
    progress.confirmed();
  }

  private void follow(EventStream stream, SourceHead head)
      throws IOException, LostEventsException, InterruptedException {
    String clusterId = head.clusterId();
    LeapCheck leaps = new LeapCheck(source, selection, head.index());
    if (worth.opened(stream.startIndex())) {
      states.sourceConnected();
    }
    @Nullable Told told = null;
    long toldNanos = System.nanoTime();
    long silence = 0;
    while (!shutdown.hasBegun()) {
      EventBatch batch = stream.poll(silence >= IDLE_AFTER ? IDLE_POLL : POLL);
      leaps.of(batch);
      worth.polled(batch);
      if (worth.resetsPauses()) {
        retry.succeeded();
      }
      if (worth.isConnection()) {
        states.sourceConnected();
      }
      batch.notices().forEach(this::report);
      progress.sourceSeen(batch.headIndex());
      Told tells = new Told(batch.index(), batch.headIndex(), batch.seenNanos());
      // Silence does not wake the applier.
      if (!batch.events().isEmpty() || !tells.equals(told)) {
        for (Work.Events piece : mapping.of(batch, clusterId)) {
          queue.put(piece);
        }
        told = tells;
        silence = System.nanoTime() - toldNanos;
        toldNanos += silence;
      } else {
        silence = Math.max(silence, System.nanoTime() - toldNanos);
      }
      recovery.read(batch.index(), clusterId);
      progress.handedOver(batch.index());
      if (doubts.isUnanswered()) {
        reconnectForComparison();
        return;
      }
    }
  }

  /** Reconnects for a comparison; with a pause, unless the mirror itself requested it. */
  private void reconnectForComparison() throws OtherHistoryException {
    if (doubts.hasRecoveryFailed()) {
      throw new OtherHistoryException("resync and stream read different histories of the source");
    }
    for (Gap gap : doubts.unanswered()) {
      if (gap.reason() != Gap.Reason.FORCED) {
        throw new OtherHistoryException(gap.describe());
      }
    }
  }

  private void report(SourceNotice notice) {
    progress.counters.notice(notice);
    listener.onNotice(notice);
    switch (notice.kind()) {
      case STREAM_REPAIRED, SILENCE_UNPROVEN ->
          noticeLines.write(end ->
              log.warn(
                  LogEvent.SOURCE_NOTICE.marker(), "[link={}] {}{}", link, notice.detail(), end));
      case HISTORY_OUTRUN ->
          noticeLines.write(end ->
              log.info(
                  LogEvent.SOURCE_NOTICE.marker(), "[link={}] {}{}", link, notice.detail(), end));
      case LOSSY_VALUE -> {
        if (!lossyValueLogged) {
          lossyValueLogged = true;
          log.warn(
              LogEvent.VALUE_LOSSY.marker(),
              "[link={}] {} (logged once, counted from now on)",
              link,
              notice.detail());
        }
      }
    }
  }
}
