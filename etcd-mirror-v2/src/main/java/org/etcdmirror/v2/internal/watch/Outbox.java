package org.etcdmirror.v2.internal.watch;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SourceNotice;
import org.jspecify.annotations.Nullable;

/** Holds a stream's events until they are polled. They use {@link Credit}. */
public final class Outbox {

  private static final int MAX_BATCH = 2000;

  private record Item(MirrorEvent event, int cost) {}

  private final Credit credit;
  private final Deque<Item> items = new ArrayDeque<>();
  private final List<SourceNotice> notices = new ArrayList<>();
  private long index;
  private long polledIndex;
  private long headIndex;

  /** When something was added or proven last. */
  private long seenNanos = System.nanoTime();

  private long polledNanos = seenNanos;
  private @Nullable Throwable end;

  public Outbox(Credit credit) {
    this.credit = credit;
  }

  /** Everything through {@code startIndex} counts as delivered already. */
  synchronized void begin(long startIndex) {
    index = startIndex;
    polledIndex = startIndex;
  }

  synchronized void add(MirrorEvent event, int cost) {
    items.add(new Item(event, cost));
    advance(event.index());
  }

  /** A server has shown just now that everything through {@code confirmed} has been added. */
  void advance(long confirmed) {
    advance(confirmed, System.nanoTime());
  }

  /** The same, with an answer to what was asked at that time, by {@link System#nanoTime()}. */
  synchronized void advance(long confirmed, long askedNanos) {
    seenNanos = askedNanos - seenNanos > 0 ? askedNanos : seenNanos;
    index = Math.max(index, confirmed);
    headIndex = Math.max(headIndex, index);
    notifyAll();
  }

  /** Whether something may be added that holds no credit, and that could wait as well. */
  synchronized boolean hasRoom() {
    return items.size() < MAX_BATCH;
  }

  synchronized void headSeen(long head) {
    headIndex = Math.max(headIndex, head);
  }

  synchronized void notice(SourceNotice notice) {
    notices.add(notice);
    notifyAll();
  }

  /**
   * Ends the outbox. Waiting batches can still be taken. Only the first end counts, except that
   * lost events are never hidden behind another.
   */
  synchronized void end(Throwable cause) {
    if (end == null || cause instanceof LostEventsException) {
      end = cause;
    }
    notifyAll();
  }

  synchronized boolean hasEnded() {
    return end != null;
  }

  public synchronized EventBatch poll(Duration timeout)
      throws IOException, LostEventsException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (isEmpty() && seenNanos == polledNanos && end == null) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        break;
      }
      NANOSECONDS.timedWait(this, left);
    }
    if (isEmpty()) {
      throwEnd();
    }
    return take();
  }

  private boolean isEmpty() {
    return items.isEmpty() && index == polledIndex && notices.isEmpty();
  }

  private EventBatch take() {
    List<MirrorEvent> events = new ArrayList<>();
    // Events of one index stay together: a batch says that it is complete through its index.
    while (!items.isEmpty()
        && (events.size() < MAX_BATCH
            || items.element().event().index() == events.get(events.size() - 1).index())) {
      Item item = items.remove();
      events.add(item.event());
      credit.giveBack(item.cost());
    }
    polledIndex = items.isEmpty() ? index : events.get(events.size() - 1).index();
    polledNanos = seenNanos;
    EventBatch batch = new EventBatch(events, polledIndex, headIndex, notices, seenNanos);
    notices.clear();
    return batch;
  }

  private void throwEnd() throws IOException, LostEventsException {
    if (end instanceof LostEventsException lost) {
      throw lost;
    }
    if (end instanceof RuntimeException permanent) {
      throw permanent;
    }
    if (end instanceof Error error) {
      throw error;
    }
    if (end != null) {
      throw new IOException(end.getMessage(), end);
    }
  }
}
