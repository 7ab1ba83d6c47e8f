package org.etcdmirror.v3.internal.watch;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.etcdmirror.v3.internal.client.AnsweringCluster;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3Stream;
import org.etcdmirror.v3.internal.client.WatchLimit;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * A watch that reads a stretch of history and no more. It takes all that comes at once and ends
 * itself when it is whole. It reports no failure: what is wrong shows again in the watch that reads
 * on in place of it. Safe for use by many threads.
 */
final class Stripe extends ClientCall.Listener<WatchResponse> {

  private final V3Client client;
  private final V3Stream<WatchRequest, WatchResponse> stream;
  private final WatchLimit.Form form;
  private final long first;
  private final long last;
  private final long mostBytes;
  private final Runnable onArrival;
  private final AnsweringCluster.Membership membership;
  private final WatchAnswerCheck check;
  private final HistoryPace pace;
  private final Queue<Event> events = new ArrayDeque<>();

  private long member;
  private long bytes;

  /** The newest revision of which an event came. */
  private long delivered;

  private boolean inAnswer;
  private boolean over;

  /** Why it will not become whole; null if it may. */
  private @Nullable String failure;

  /**
   * A stripe; nothing is sent yet.
   *
   * @param form how it is asked for
   * @param first the first revision that it delivers
   * @param last the last one
   * @param round the revisions of a full answer
   * @param mostBytes the most memory that its events may take
   * @param onArrival called when something has come, or when it has ended
   */
  Stripe(
      V3Client client,
      V3Stream<WatchRequest, WatchResponse> stream,
      WatchLimit.Form form,
      long first,
      long last,
      int round,
      long mostBytes,
      Runnable onArrival) {
    this.client = client;
    this.stream = stream;
    this.form = form;
    this.first = first;
    this.last = last;
    this.mostBytes = mostBytes;
    this.onArrival = onArrival;
    this.membership = client.cluster().new Membership("stripe at " + stream.member());
    this.check = new WatchAnswerCheck(stream.range(), form.inPieces());
    this.pace = new HistoryPace(round);
  }

  void start() {
    ClientCall<WatchRequest, WatchResponse> call = stream.call();
    call.start(this, new Metadata());
    call.sendMessage(WatchCall.creation(stream.range(), startRevision(), form));
    call.request(1);
  }

  /**
   * One revision early: a server may have lost a delete at the very revision that was compacted,
   * and does not report a compaction of the revision that a watch starts with.
   */
  private long startRevision() {
    return Math.max(1, first - 1);
  }

  @Override
  public void onMessage(WatchResponse answer) {
    synchronized (this) {
      if (over) {
        return;
      }
      take(answer);
      if (isWhole() || failure != null) {
        end();
      } else {
        stream.call().request(1);
      }
    }
    onArrival.run();
  }

  private void take(WatchResponse answer) {
    try {
      membership.heard(answer.getHeader());
    } catch (IOException e) {
      fail("clusters differ: " + e.getMessage());
      return;
    }
    String flaw = check.flaw(answer);
    if (flaw != null) {
      fail(flaw);
    } else if (answer.getCanceled()) {
      fail("it was canceled: " + answer.getCancelReason());
    } else if (answer.getCreated()) {
      created(answer);
    } else {
      events(answer);
    }
  }

  private void created(WatchResponse answer) {
    if (answer.getWatchId() < 0) {
      fail("it was not created");
      return;
    }
    client.streams().letIn(stream);
    member = answer.getHeader().getMemberId();
    long head = answer.getHeader().getRevision();
    if (head > 0 && head < last) {
      fail("its member is at revision %d, behind %d".formatted(head, last));
    }
  }

  private void events(WatchResponse answer) {
    bytes += HistoryPace.bytes(answer.getSerializedSize(), answer.getEventsCount());
    if (bytes > mostBytes) {
      fail("its events take %d bytes, more than %d".formatted(bytes, mostBytes));
    } else if (isDisordered(answer)) {
      fail("it was sent revisions at or before %d again".formatted(delivered));
    } else {
      pace.took(answer);
      answer.getEventsList().forEach(this::add);
      inAnswer = answer.getFragment();
    }
  }

  /** A server repeats old events after its member was behind. */
  private boolean isDisordered(WatchResponse answer) {
    return !inAnswer
        && answer.getEventsCount() > 0
        && answer.getEvents(0).getKv().getModRevision() <= delivered;
  }

  private void add(Event event) {
    delivered = event.getKv().getModRevision();
    if (isInside(delivered)) {
      events.add(event);
    }
  }

  /** The revision before the first one is dropped, as is what the next stripe delivers. */
  private boolean isInside(long revision) {
    return revision >= first && revision <= last;
  }

  /**
   * Whether this very watch has delivered through the last revision, or beyond. Nothing else shows
   * that: not its silence, no progress, and no other watch.
   */
  private boolean isWhole() {
    return delivered > last || (delivered == last && !inAnswer);
  }

  private void fail(String why) {
    failure = why;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    synchronized (this) {
      if (!over) {
        over = true;
        fail(status.toString());
      }
    }
    onArrival.run();
  }

  /** Ends the watch. Nothing comes after that. */
  synchronized void end() {
    over = true;
    stream.call().cancel("read", null);
  }

  /** Why it will not become whole; null if it may, or is. */
  synchronized @Nullable String failure() {
    return failure;
  }

  /** Whether all of its events have come, and the calls are answered by the same cluster. */
  synchronized boolean isReady() {
    try {
      membership.check();
    } catch (IOException e) {
      fail("clusters differ: " + e.getMessage());
    }
    return failure == null && isWhole();
  }

  /** The member that it is on. */
  synchronized long member() {
    return member;
  }

  /** What it has shown of the history. */
  HistoryPace pace() {
    return pace;
  }

  /** The events, in their order; only of one that is ready. */
  Queue<Event> events() {
    return events;
  }

  long last() {
    return last;
  }

  @Override
  public synchronized String toString() {
    return "stripe of revisions %d to %d at %s".formatted(first, last, stream.member());
  }
}
