package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.RecoveryPolicy;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader's thread: finds the place to go on from, follows the source, and hands over. It knows
 * of gaps and asks the policy about them; it never touches the sink.
 */
final class Reader {

  private static final Logger log = LoggerFactory.getLogger(Reader.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** Where reading goes on: an index of a cluster, which is null where nobody recorded it. */
  private record Position(long index, @Nullable String clusterId) {}

  private final String link;
  private final EventSource source;
  private final Selection selection;
  private final EventMapping mapping;
  private final CheckpointNotes notes;
  private final CheckpointScope scope;
  private final GapDecision decision;
  private final GapLedger gaps;
  private final Brake brake;
  private final HandOver handOver;
  private final StateMachine states;
  private final Progress progress;
  private final MirrorListener listener;
  private final Shutdown shutdown;
  private final Retry retry;

  private @Nullable Position position;
  private boolean scopeChanged;
  private boolean compareFirst;
  private boolean lossyValueLogged;

  /** What was handed over last to close or skip a gap. */
  private Work.@Nullable Recovery recovery;

  /** The last of which the anchors may be, and still be of the history that is followed. */
  private Work.@Nullable Recovery sameHistory;

  private volatile Work.@Nullable Recovery inVain;

  /** What was in vain or asked for when the last recovery was handed over. */
  private Work.@Nullable Recovery answered;

  Reader(Parts parts, HandOver handOver, CheckpointNotes notes) {
    this.link = parts.link();
    this.source = parts.source();
    this.selection = new Selection(parts.mapper().sourcePrefixes(), parts.copiesExpiry());
    this.mapping = new EventMapping(parts);
    this.notes = notes;
    this.scope = CheckpointScope.of(parts);
    this.decision = new GapDecision(parts.policy());
    this.gaps = parts.gaps();
    this.brake = new Brake(parts, selection);
    this.handOver = handOver;
    this.states = parts.states();
    this.progress = parts.progress();
    this.listener = parts.listener();
    this.shutdown = parts.shutdown();
    this.retry = new Retry(parts);
  }

  /** Where the first connection goes on. */
  void resumeFrom(Checkpoint checkpoint) {
    position = new Position(checkpoint.index(), checkpoint.clusterId());
    compareFirst = scope.isCompareFirst(checkpoint.scope()) || notes.tellOfOthers(checkpoint);
    scopeChanged = scope.isChanged(checkpoint.scope());
    brake.resumedFrom(checkpoint.savedAt());
  }

  /**
   * Called by the applier: what this was to close stays open, so another one is needed; or the
   * applier found that a first one is.
   */
  void recoverAgain(Work.Recovery recovery) {
    inVain = recovery;
  }

  /** Reads until the mirror is to end or the source fails for good. */
  void run() {
    try {
      while (!shutdown.hasBegun()) {
        try {
          connectAndFollow();
        } catch (IOException e) {
          states.sourceLost();
          retry.pause(e);
        }
      }
    } catch (Retry.StoppedException e) {
      log.debug("{}: reader stopped", link);
    } catch (InterruptedException e) {
      end(new PermanentException("the reader was interrupted", e));
    } catch (Throwable e) {
      end(e);
    }
  }

  /** The applier still applies what was read before, and then fails the mirror with this cause. */
  private void end(Throwable cause) {
    if (shutdown.hasBegun()) {
      // Interrupted, and with a source that may be closed already: as it should be.
      log.debug("{}: reader ended", link, cause);
    } else {
      progress.error(cause);
      handOver.fail(cause);
    }
  }

  private void connectAndFollow() throws IOException, InterruptedException {
    SourceHead head = source.head(selection);
    progress.sourceAt(head.index());
    Gap gap = gapAt(head);
    if (gap == null && position != null) {
      long from = position.index();
      if (brake.holds(from, head.index())) {
        return;
      }
      try (EventStream stream = source.open(selection, Start.after(from))) {
        confirm(head, from);
        if (!brake.collapses(from, head.index())) {
          follow(stream, head.clusterId());
          return;
        }
        // History is still there, or it would be a gap for the policy.
        gap = new Gap(Gap.Reason.CATCH_UP, from, 0, head.index());
      } catch (LostEventsException e) {
        // Now, or while following: either way from where the last batch ended.
        Gap.Reason reason = e.reason();
        gap = new Gap(reason, position.index(), e.oldest(), e.current());
      }
    }
    if (gap != null && !shutdown.hasBegun()) {
      followAfter(gap, head);
    }
  }

  /** Opens the stream first and only then lets the applier look, so nothing falls between. */
  private void followAfter(Gap gap, SourceHead head) throws IOException, InterruptedException {
    brake.release();
    RecoveryPolicy.Decision decided = decision.of(gap);
    gaps.found(gap, decided);
    if (decided == RecoveryPolicy.Decision.FAIL) {
      throw new GapException(gap);
    }
    Work.Recovery asked = inVain;
    Work.Recovery before = recovery;
    try (EventStream stream = source.open(selection, Start.now())) {
      long start = stream.startIndex();
      confirm(head, start);
      if (decided == RecoveryPolicy.Decision.RESYNC) {
        states.resyncQueued();
        recovery = new Work.Resync(gap, head.clusterId(), start);
      } else {
        recovery = new Work.Skip(gap, head.clusterId(), start);
      }
      answered = asked;
      if (ResyncJob.isOfAnotherOrigin(gap)) {
        sameHistory = recovery;
      } else if (notes.anchors().isDone(before)) {
        sameHistory = before;
      }
      handOver.put(recovery);
      position = new Position(start, head.clusterId());
      scopeChanged = false;
      compareFirst = false;
      follow(stream, head.clusterId());
    } catch (LostEventsException e) {
      // The next connection finds the same and makes it a gap of its own.
      throw new IOException(e.getMessage(), e);
    }
  }

  private @Nullable Gap gapAt(SourceHead head) throws IOException, InterruptedException {
    Position from = position;
    if (from == null) {
      return new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, head.index());
    }
    Gap.Reason other =
        HistoryCheck.difference(
            from.index(),
            from.clusterId(),
            head,
            () -> notes.anchors().isBroken(source, recovery, sameHistory));
    if (other != null) {
      return new Gap(other, from.index(), 0, head.index());
    }
    Work.Recovery wanted = inVain;
    if (wanted != null && isWanted(wanted)) {
      Gap open = wanted.gap();
      return new Gap(open.reason(), open.from(), open.oldest(), head.index());
    }
    if (scopeChanged) {
      return new Gap(Gap.Reason.SCOPE_CHANGED, from.index(), 0, head.index());
    }
    return compareFirst ? new Gap(Gap.Reason.FORCED, from.index(), 0, head.index()) : null;
  }

  /** What was handed over last was in vain, or the applier asks for a comparison of its own. */
  private boolean isWanted(Work.@Nullable Recovery again) {
    return again != null
        && (again == recovery || (again instanceof Work.Compare && again != answered));
  }

  /** Whether the stream was opened on the cluster that was asked before, and not on a successor. */
  private void confirm(SourceHead before, long start) throws IOException, InterruptedException {
    SourceHead now = source.head(selection);
    if (!now.clusterId().equals(before.clusterId()) || now.index() < start) {
      throw new OtherHistoryException("the source was replaced while the stream was opened");
    }
  }

  private void follow(EventStream stream, String clusterId)
      throws IOException, LostEventsException, InterruptedException {
    states.sourceConnected();
    long began = System.nanoTime();
    long reached = stream.startIndex();
    while (!shutdown.hasBegun()) {
      EventBatch batch = stream.poll(POLL);
      // A stream is worth something once it has brought something or lasted a while.
      if (batch.index() > reached || System.nanoTime() - began >= POLL.toNanos()) {
        retry.succeeded();
      }
      batch.notices().forEach(this::report);
      progress.sourceSeen(batch.headIndex());
      for (Work.Events piece : mapping.of(batch, clusterId)) {
        handOver.put(piece);
      }
      position = new Position(batch.index(), clusterId);
      progress.handedOver(batch.index());
      if (isWanted(inVain)) {
        breakOff();
        return;
      }
    }
  }

  /** For a comparison; with a pause, unless the mirror itself asked for it. */
  private void breakOff() throws OtherHistoryException {
    Work.Recovery wanted = inVain;
    if (wanted == recovery) {
      throw new OtherHistoryException("the resync found another history than the stream");
    } else if (wanted != null && wanted.gap().reason() != Gap.Reason.FORCED) {
      throw new OtherHistoryException(wanted.gap().describe());
    }
  }

  private void report(SourceNotice notice) {
    progress.notice(notice);
    listener.onNotice(notice);
    switch (notice.kind()) {
      case STREAM_REPAIRED, SILENCE_UNPROVEN -> log.warn("{}: {}", link, notice.detail());
      case HISTORY_OUTRUN -> log.info("{}: {}", link, notice.detail());
      case LOSSY_VALUE -> {
        if (!lossyValueLogged) {
          lossyValueLogged = true;
          log.warn("{}: {} (said once; counted from now on)", link, notice.detail());
        }
      }
    }
  }
}
