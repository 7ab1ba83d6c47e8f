package org.etcdmirror.core.internal.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.etcdmirror.core.internal.run.TimedWait;
import org.jspecify.annotations.Nullable;

/**
 * The queue between reader and applier, bounded by events and by bytes. When it is full the reader
 * waits, and with it the source: nothing is ever dropped. One batch is let in whatever its size.
 */
public final class WorkQueue {

  private final int maxEvents;
  private final long maxBytes;
  private final Deque<Work> queue = new ArrayDeque<>();
  private int events;
  private long bytes;
  private @Nullable Throwable failure;
  private boolean closed;

  /** Whether the consumer is to look at something else. */
  private boolean woken;

  /** Whether the reader waits for room. */
  private boolean waits;

  public WorkQueue(int maxEvents, long maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  /** Waits for room. Once closed, what is put goes nowhere. */
  public synchronized void put(Work work) throws InterruptedException {
    if (work instanceof Work.Events batch) {
      while (!closed
          && events > 0
          && (events + weight(batch) > maxEvents || bytes + batch.bytes() > maxBytes)) {
        waits = true;
        wait();
      }
      waits = false;
      count(batch, 1);
    }
    if (!closed) {
      queue.add(work);
      notifyAll();
    }
  }

  /**
   * Ends the queue with a failure, which comes after the waiting work. Allocates nothing, because
   * memory may be what is missing.
   */
  public synchronized void fail(Throwable cause) {
    failure = cause;
    notifyAll();
  }

  /** Ends the queue for its consumer. Producers no longer wait. */
  public synchronized void close() {
    closed = true;
    queue.clear();
    notifyAll();
  }

  /**
   * Waits for the next piece, for the end, or to be woken; returns whether one of the first two has
   * come.
   */
  public synchronized boolean await(Duration timeout) throws InterruptedException {
    boolean unused = TimedWait.until(this, () -> woken || hasNews(), timeout);
    woken = false;
    return hasNews();
  }

  /** Ends the present {@link #await}, or the next one; from any thread. */
  public synchronized void wake() {
    woken = true;
    notifyAll();
  }

  /** The next piece, or null if none came in time. */
  public synchronized @Nullable Work poll(Duration timeout) throws InterruptedException {
    TimedWait.until(this, this::hasNews, timeout);
    if (!queue.isEmpty()) {
      return take();
    }
    return failure == null ? null : new Work.Failure(failure);
  }

  /** Whether something waits, or nothing more will come. */
  private boolean hasNews() {
    return !queue.isEmpty() || failure != null || closed;
  }

  /**
   * The next piece if it is a batch of events from this cluster that has come already, and that is
   * not larger than the room that is left for it.
   *
   * @param roomBytes as {@link org.etcdmirror.api.EventBatch#bytes()} counts
   */
  public synchronized Work.@Nullable Events pollEvents(
      String clusterId, int roomEvents, long roomBytes) {
    return queue.peek() instanceof Work.Events next
            && next.clusterId().equals(clusterId)
            && next.batch().events().size() <= roomEvents
            && next.batch().bytes() <= roomBytes
        ? (Work.Events) take()
        : null;
  }

  /**
   * Waits for a batch of events from this cluster.
   *
   * @return null if none came in time, or if {@linkplain #hasOther something else} comes before
   */
  public synchronized Work.@Nullable Events awaitEvents(String clusterId, Duration timeout)
      throws InterruptedException {
    TimedWait.until(this, this::hasNews, timeout);
    return pollEvents(clusterId, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Whether what comes next is no batch of events from this cluster. */
  public synchronized boolean hasOther(String clusterId) {
    return queue.isEmpty()
        ? failure != null || closed
        : !(queue.element() instanceof Work.Events next && next.clusterId().equals(clusterId));
  }

  /** Whether the reader waits for room, or may have to soon, as it is half full. */
  public synchronized boolean isFilling() {
    return waits || events >= (maxEvents + 1) / 2 || bytes >= (maxBytes + 1) / 2;
  }

  private Work take() {
    Work work = queue.remove();
    if (work instanceof Work.Events batch) {
      count(batch, -1);
    }
    notifyAll();
    return work;
  }

  private void count(Work.Events batch, int sign) {
    events += sign * weight(batch);
    bytes += sign * batch.bytes();
  }

  /** An empty batch counts as one event, so that a stalled applier bounds these as well. */
  private static int weight(Work.Events batch) {
    return Math.max(1, batch.batch().events().size());
  }
}
