package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/** One watch as a stream: whole revisions, each once, in batches of bounded size. */
public final class V3EventStream implements EventStream {

  private final WatchCall watch;
  private final Silence silence;

  /** Null if expiries are not read. */
  private final @Nullable LeaseWatch leases;

  private final long startIndex;

  private final EventTranslation translation;
  private final WholeRevisions revisions;

  /** Null if nothing is measured. */
  private @Nullable HistoryPace pace;

  private long index;
  private long headIndex;

  /** When an answer came last that shows where the source is. */
  private long seenNanos = System.nanoTime();

  private volatile boolean closed;

  /** A stream of a watch that was created and has delivered everything through the start. */
  public V3EventStream(
      Selection selection,
      WatchCall watch,
      Silence silence,
      @Nullable LeaseWatch leases,
      long startIndex,
      long headIndex) {
    this.translation = new EventTranslation(selection, leases);
    this.watch = watch;
    this.silence = silence;
    this.leases = leases;
    this.revisions = new WholeRevisions(watch::toString, startIndex);
    this.startIndex = startIndex;
    this.index = startIndex;
    this.headIndex = headIndex;
    watch.wakeForProofs();
  }

  @Override
  public long startIndex() {
    return startIndex;
  }

  /** Proves that nothing has happened. */
  Silence silence() {
    return silence;
  }

  @Override
  public EventBatch poll(Duration timeout)
      throws IOException, LostEventsException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    long before = index;
    long seenBefore = seenNanos;
    while (seenNanos == seenBefore && !hasNews(before)) {
      long left = end - System.nanoTime();
      WatchResponse answer = watch.take(Math.max(0, Math.min(left, nanosUntilDue())));
      if (closed) {
        throw new IOException("the stream is closed");
      }
      if (answer != null) {
        silence.heard(watch.arrivedNanos());
        take(answer);
      } else if (left <= 0) {
        break;
      } else if (!revisions.inAnswer() && silence.nanosUntilDue() == 0) {
        proveSilence();
      }
    }
    watch.checkCluster();
    return batch();
  }

  private void proveSilence() throws IOException, LostEventsException, InterruptedException {
    long asked = System.nanoTime();
    index = silence.advance(index);
    headIndex = Math.max(headIndex, index);
    if (silence.isProven()) {
      seenNanos = asked;
    }
  }

  private boolean hasNews(long before) {
    if (leases != null) {
      leases.tick();
    }
    return !revisions.ready().isEmpty()
        || index != before
        || (leases != null && leases.hasRefreshes());
  }

  /** Within an answer, silence can't be proven. */
  private long nanosUntilDue() {
    long due = revisions.inAnswer() ? Long.MAX_VALUE : silence.nanosUntilDue();
    return leases == null ? due : Math.min(due, leases.nanosUntilDue());
  }

  /** Takes in what the server answered; for tests, too. */
  public void take(WatchResponse answer)
      throws IOException, LostEventsException, InterruptedException {
    headIndex = Math.max(headIndex, answer.getHeader().getRevision());
    if (answer.getCanceled()) {
      throw canceled(watch, answer, index, headIndex);
    }
    if (!answer.getCreated()) {
      if (!revisions.inAnswer()) {
        silence.answered(index, revisions.told(), next(answer));
      }
      index = revisions.take(answer, index);
      see(answer);
      if (pace != null) {
        pace.took(answer);
      }
    }
  }

  private void see(WatchResponse answer) {
    if (answer.getEventsCount() == 0) {
      seenNanos = silence.answeredNanos();
    } else if (!revisions.inAnswer()) {
      seenNanos = watch.arrivedNanos();
    }
  }

  /** The first revision that an answer does not pass over. */
  private static long next(WatchResponse answer) {
    return answer.getEventsCount() == 0
        ? answer.getHeader().getRevision() + 1
        : answer.getEvents(0).getKv().getModRevision();
  }

  /** Explains the cancel of a watch whose stream is complete through an index. */
  static IOException canceled(WatchCall watch, WatchResponse answer, long index, long headIndex)
      throws LostEventsException {
    long compacted = answer.getCompactRevision();
    if (compacted > index) {
      // The event at the compacted revision itself may be gone.
      throw HistoryClearedException.compacted(index + 1, compacted + 1, headIndex);
    }
    if (compacted > 0) {
      // The server went back with the watch, as after a snapshot of its leader.
      return new IOException(
          "%s was canceled for a compaction that does not concern it: compacted revision %d, index %d"
              .formatted(watch, compacted, index));
    }
    return watch.refused(answer.getCancelReason());
  }

  /** Whole revisions, until they are large enough together; and what is true once they are. */
  private EventBatch batch() throws IOException, InterruptedException {
    List<Event> taken = BatchCut.from(revisions.ready());
    for (Event event : taken) {
      index = event.getKv().getModRevision();
      silence.see(event);
    }
    List<MirrorEvent> events = translation.of(taken);
    if (leases != null) {
      events.addAll(leases.refreshes(index));
    }
    return new EventBatch(events, index, headIndex, List.of(), seenNanos);
  }

  /** When the source was seen last. */
  long seenNanos() {
    return seenNanos;
  }

  /** Whether the server, or the connection, has ended the watch. */
  boolean isOver() {
    return watch.isOver();
  }

  /** Measures what comes from now on. */
  void measure(HistoryPace answers) {
    pace = answers;
  }

  /** Whether all that has come is handed on. */
  boolean isDrained() {
    return revisions.ready().isEmpty() && !revisions.inAnswer();
  }

  @Override
  public void close() {
    closed = true;
    watch.close();
  }
}
