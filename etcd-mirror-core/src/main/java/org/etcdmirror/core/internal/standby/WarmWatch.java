package org.etcdmirror.core.internal.standby;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.core.internal.run.TimedWait;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the source from the index that the leader has stored, and buffers what comes, so that a
 * takeover needs no history that the source may have dropped by then. The buffer is always that of
 * one stream: what two connections bring may be of two histories. A full buffer slows the source.
 *
 * <p>Used for one time of standing by. A thread of its own runs it. For any threads.
 */
public final class WarmWatch implements Runnable, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WarmWatch.class);

  private static final int MOST_EVENTS = 20_000;
  private static final long MOST_BYTES = 16L << 20;

  /** A takeover waits for the end of a poll. */
  private static final Duration POLL = Duration.ofMillis(100);

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final long UNKNOWN = -1;

  private final String link;
  private final EventSource source;
  private final Selection selection;
  private final int mostEvents;
  private final long mostBytes;

  private long stored = UNKNOWN;
  private @Nullable EventStream stream;
  private @Nullable WarmBuffer buffer;
  private boolean polling;

  /** The newest index up to which everything has come. The source may be ahead of it. */
  private long seen;

  /** Taken over or closed. */
  private boolean over;

  WarmWatch(String link, EventSource source, Selection selection) {
    this(link, source, selection, MOST_EVENTS, MOST_BYTES);
  }

  /** For tests: with other bounds of the buffer. */
  WarmWatch(String link, EventSource source, Selection selection, int mostEvents, long mostBytes) {
    this.link = link;
    this.source = source;
    this.selection = selection;
    this.mostEvents = mostEvents;
    this.mostBytes = mostBytes;
  }

  /** The leader has stored this index; may go back, if it has compared both sides anew. */
  public synchronized void stored(long index) {
    stored = index;
    WarmBuffer filled = buffer;
    if (filled != null) {
      filled.stored(index);
    }
    notifyAll();
  }

  /** Whether a takeover at the stored index needs no history of the source. */
  public synchronized boolean isWarm() {
    WarmBuffer filled = buffer;
    return stream != null && filled != null && filled.covers(stored);
  }

  /** The newest index up to which everything has come; 0 if there is none. */
  public synchronized long seen() {
    return seen;
  }

  @Override
  public void run() {
    try {
      long from = awaitStoredOtherThan(UNKNOWN);
      while (!isOver()) {
        try {
          follow(from);
          from = awaitStoredOtherThan(UNKNOWN);
        } catch (IOException | RuntimeException e) {
          log.debug("[link={}] watch of the standby failed", link, e);
          pause();
          from = awaitStoredOtherThan(UNKNOWN);
        } catch (LostEventsException e) {
          log.debug("[link={}] history behind index {} is gone", link, from, e);
          from = awaitStoredOtherThan(from);
        }
      }
    } catch (InterruptedException e) {
      log.debug("[link={}] watch of the standby was interrupted", link);
    }
  }

  private synchronized boolean isOver() {
    return over;
  }

  /** A smaller index is another one, too: a new cluster may count from there. */
  private synchronized long awaitStoredOtherThan(long index) throws InterruptedException {
    while (!over && stored == index) {
      wait();
    }
    return stored;
  }

  private synchronized void pause() throws InterruptedException {
    TimedWait.until(this, () -> over, PAUSE);
  }

  private void follow(long from) throws IOException, LostEventsException, InterruptedException {
    // The source may be another one since the last time, and its clients know that by its answers.
    sourceIsAt(source.head(selection).index());
    EventStream opened = source.open(selection, Start.after(from));
    if (!begin(opened, from)) {
      opened.close();
      return;
    }
    boolean failed = true;
    try {
      while (beginPoll()) {
        endPoll(opened.poll(POLL));
      }
      failed = false;
    } finally {
      if (failed || !isOver()) {
        drop(opened);
      }
    }
  }

  /** A source that is behind what has come is another one, of which nothing has come yet. */
  private synchronized void sourceIsAt(long head) {
    if (head < seen) {
      seen = 0;
    }
  }

  private synchronized boolean begin(EventStream opened, long from) {
    if (over) {
      return false;
    }
    stream = opened;
    buffer = new WarmBuffer(from, mostEvents, mostBytes);
    buffer.stored(stored);
    notifyAll();
    return true;
  }

  /** Waits for room; false if this is over, or if the stored index went back behind the buffer. */
  private synchronized boolean beginPoll() throws InterruptedException {
    while (!over && isOfUse() && requireNonNull(buffer, "buffer").isFull()) {
      wait();
    }
    polling = !over && isOfUse();
    return polling;
  }

  private boolean isOfUse() {
    return requireNonNull(buffer, "buffer").covers(stored);
  }

  private synchronized void endPoll(EventBatch batch) {
    WarmBuffer filled = requireNonNull(buffer, "buffer");
    filled.add(batch);
    filled.stored(stored);
    seen = Math.max(seen, batch.index());
    polling = false;
    notifyAll();
  }

  private void drop(EventStream failed) {
    synchronized (this) {
      stream = null;
      buffer = null;
      polling = false;
      notifyAll();
    }
    failed.close();
  }

  /**
   * Ends this, and hands over the stream with what was buffered.
   *
   * @return null if events after this index may be missing; then this is closed
   */
  @Nullable EventStream takeOver(long after) throws InterruptedException {
    EventStream live;
    WarmBuffer filled;
    synchronized (this) {
      over = true;
      notifyAll();
      while (polling) {
        wait();
      }
      live = stream;
      filled = buffer;
      stream = null;
      buffer = null;
    }
    if (live == null || filled == null) {
      return null;
    }
    if (filled.covers(after)) {
      return new WarmStream(filled, live, after);
    }
    live.close();
    return null;
  }

  @Override
  public void close() {
    EventStream live;
    synchronized (this) {
      over = true;
      live = stream;
      stream = null;
      notifyAll();
    }
    if (live != null) {
      live.close();
    }
  }
}
