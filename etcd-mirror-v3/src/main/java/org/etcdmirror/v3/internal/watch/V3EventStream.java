package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.v3.internal.read.LeaseTimes.Ending;
import org.etcdmirror.v3.internal.read.V3Puts;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/** One watch as a stream: whole revisions, each once, in batches of bounded size. */
public final class V3EventStream implements EventStream {

  private static final long BATCH_BYTES = 512 << 10;

  private final Selection selection;
  private final WatchCall watch;
  private final Silence silence;

  /** Null if expiries are not read. */
  private final @Nullable LeaseWatch leases;

  private final long startIndex;

  private final WholeRevisions revisions;
  private long index;
  private long headIndex;
  private volatile boolean closed;

  /** A stream of a watch that was created and has delivered everything through the start. */
  public V3EventStream(
      Selection selection,
      WatchCall watch,
      Silence silence,
      @Nullable LeaseWatch leases,
      long startIndex,
      long headIndex) {
    this.selection = selection;
    this.watch = watch;
    this.silence = silence;
    this.leases = leases;
    this.revisions = new WholeRevisions(watch, startIndex);
    this.startIndex = startIndex;
    this.index = startIndex;
    this.headIndex = headIndex;
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
    while (!hasNews(before)) {
      long left = end - System.nanoTime();
      WatchResponse answer = watch.take(Math.max(0, Math.min(left, nanosUntilDue())));
      if (closed) {
        throw new IOException("the stream is closed");
      }
      if (answer != null) {
        silence.heard();
        take(answer);
      } else if (left <= 0) {
        break;
      } else if (!revisions.inAnswer() && silence.nanosUntilDue() == 0) {
        index = silence.advance(index);
        headIndex = Math.max(headIndex, index);
      }
    }
    watch.checkCluster();
    return batch();
  }

  private boolean hasNews(long before) {
    if (leases != null) {
      leases.tick();
    }
    return !revisions.isEmpty() || index != before || (leases != null && leases.hasRefreshes());
  }

  private long nanosUntilDue() {
    long due = silence.nanosUntilDue();
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
    List<Event> chosen = new ArrayList<>();
    long bytes = 0;
    for (Event next = revisions.peek(); next != null; next = revisions.peek()) {
      long revision = next.getKv().getModRevision();
      if (bytes >= BATCH_BYTES && revision != index) {
        break;
      }
      revisions.remove();
      index = revision;
      bytes += next.getSerializedSize();
      silence.see(next);
      if (isSelected(next)) {
        chosen.add(next);
      }
    }
    List<MirrorEvent> events = translated(chosen);
    if (leases != null) {
      events.addAll(leases.refreshes(index));
    }
    return EventBatch.of(events, index, headIndex);
  }

  /**
   * The watch may be on more than was asked for, where that is several prefixes; and what mirrors
   * remember is no data.
   */
  private boolean isSelected(Event event) {
    if (V3Puts.isOwn(event.getKv())) {
      return false;
    }
    if (selection.prefixes().size() == 1) {
      return true;
    }
    Bytes key = V3Puts.key(event.getKv());
    return selection.prefixes().stream().anyMatch(key::startsWith);
  }

  private List<MirrorEvent> translated(List<Event> chosen)
      throws IOException, InterruptedException {
    // A delete names no lease.
    Map<Long, Ending> endings =
        leases == null ? Map.of() : leases.endings(chosen.stream().map(Event::getKv).toList());
    List<MirrorEvent> events = new ArrayList<>(chosen.size());
    for (Event event : chosen) {
      KeyValue kv = event.getKv();
      Ending ending = endings.get(kv.getLease());
      MirrorEvent translated =
          event.getType() == Event.EventType.DELETE
              ? new MirrorEvent.Delete(V3Puts.key(kv), kv.getModRevision())
              : leases == null ? V3Puts.withoutTimes(kv) : V3Puts.of(kv, ending);
      events.add(translated);
      if (leases != null) {
        leases.see(translated.key(), ending);
      }
    }
    return events;
  }

  @Override
  public void close() {
    closed = true;
    watch.close();
  }
}
