package org.etcdmirror.v3;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/** One watch as a stream: whole revisions, each once, in batches of bounded size. */
final class V3EventStream implements EventStream {

  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
  private static final long BATCH_BYTES = 512 << 10;

  private final Selection selection;
  private final WatchCall watch;
  private final long startIndex;
  private final ArrayDeque<Event> ready = new ArrayDeque<>();
  private final List<Event> pieces = new ArrayList<>();
  private long index;
  private long headIndex;
  private @Nullable QuietProof proof;
  private volatile boolean closed;

  private V3EventStream(Selection selection, WatchCall watch, Start start)
      throws IOException, HistoryClearedException, InterruptedException {
    this.selection = selection;
    this.watch = watch;
    WatchResponse created = watch.take(PATIENCE);
    if (created == null || !created.getCreated()) {
      throw new IOException("the watch was not created in time");
    }
    headIndex = created.getHeader().getRevision();
    index = start instanceof Start.After after ? after.index() : headIndex;
    startIndex = index;
    if (created.getCanceled()) {
      throw canceled(created);
    }
    if (headIndex < index) {
      throw new IOException("the member is at revision %d, behind %d".formatted(headIndex, index));
    }
  }

  /** The watch begins with the last known revision, so that a compaction of the next one shows. */
  static V3EventStream open(V3Client client, Selection selection, Start start)
      throws IOException, HistoryClearedException, InterruptedException {
    KeyRange range = KeyRange.covering(selection.prefixes());
    // 0 would mean "from now on", so an index of 0 begins with revision 1.
    long from = start instanceof Start.After after ? Math.max(1, after.index()) : 0;
    WatchCall watch = WatchCall.start(client, range, from);
    boolean opened = false;
    try {
      V3EventStream stream = new V3EventStream(selection, watch, start);
      stream.count(client, range);
      opened = true;
      return stream;
    } finally {
      if (!opened) {
        watch.close();
      }
    }
  }

  private void count(V3Client client, KeyRange range)
      throws IOException, HistoryClearedException, InterruptedException {
    try {
      proof = new QuietProof(client, range, startIndex);
    } catch (V3ErrorException e) {
      if (e.compacted()) {
        // The watch says so too, and to which revision.
        WatchResponse answer = watch.take(PATIENCE);
        if (answer != null) {
          take(answer);
        }
      }
      throw e;
    }
  }

  @Override
  public long startIndex() {
    return startIndex;
  }

  @Override
  public EventBatch poll(Duration timeout)
      throws IOException, HistoryClearedException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    long before = index;
    while (ready.isEmpty() && index == before) {
      long left = end - System.nanoTime();
      QuietProof quiet = proof;
      long wait = quiet == null ? left : Math.min(left, quiet.nanosUntilDue());
      WatchResponse answer = watch.take(Math.max(0, wait));
      if (closed) {
        throw new IOException("the stream is closed");
      }
      if (answer != null) {
        take(answer);
      } else if (left <= 0) {
        break;
      } else if (quiet != null && pieces.isEmpty()) {
        index = quiet.advance(index);
        headIndex = Math.max(headIndex, index);
      }
    }
    return ready.isEmpty() ? EventBatch.of(List.of(), index, headIndex) : batch();
  }

  private void take(WatchResponse answer) throws IOException, HistoryClearedException {
    headIndex = Math.max(headIndex, answer.getHeader().getRevision());
    if (answer.getCanceled()) {
      throw canceled(answer);
    }
    pieces.addAll(answer.getEventsList());
    if (answer.getFragment()) {
      return;
    }
    if (pieces.isEmpty() && answer.getWatchId() >= 0 && !answer.getCreated()) {
      index = Math.max(index, answer.getHeader().getRevision());
    }
    for (Event event : pieces) {
      if (event.getKv().getModRevision() > index) {
        ready.add(event);
      }
    }
    pieces.clear();
  }

  /** Whole revisions, until they are large enough together. */
  private EventBatch batch() throws IOException, InterruptedException {
    List<MirrorEvent> events = new ArrayList<>();
    long bytes = 0;
    for (Event next = ready.peek(); next != null; next = ready.peek()) {
      long revision = next.getKv().getModRevision();
      if (bytes >= BATCH_BYTES && revision != index) {
        break;
      }
      ready.remove();
      index = revision;
      bytes += next.getSerializedSize();
      add(next, events);
    }
    return EventBatch.of(events, index, headIndex);
  }

  private void add(Event event, List<MirrorEvent> events) throws IOException, InterruptedException {
    if (proof != null) {
      proof.see(event);
    }
    KeyValue kv = event.getKv();
    Bytes key = Bytes.of(kv.getKey().toByteArray());
    if (selection.prefixes().stream().noneMatch(key::startsWith)) {
      return;
    }
    events.add(
        event.getType() == Event.EventType.DELETE
            ? new MirrorEvent.Delete(key, kv.getModRevision())
            : V3Puts.of(kv));
  }

  private IOException canceled(WatchResponse answer) throws HistoryClearedException {
    if (answer.getCompactRevision() > 0) {
      // The event at the compacted revision itself may be gone.
      throw new HistoryClearedException(index + 1, answer.getCompactRevision() + 1, headIndex);
    }
    String reason = answer.getCancelReason();
    if (reason.contains("permission denied")) {
      throw new PermanentException("the watch was refused: " + reason);
    }
    return new IOException("the watch was canceled: " + reason);
  }

  @Override
  public void close() {
    closed = true;
    watch.close();
  }
}
