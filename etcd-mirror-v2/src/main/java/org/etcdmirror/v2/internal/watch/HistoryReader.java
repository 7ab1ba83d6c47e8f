package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.HttpUrl;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stretch of history, which etcd v2 gives out one event a request. Several walkers share
 * the stretch, because under load the oldest part of it is about to be cleared. What they hold is
 * bounded by {@link HistoryRoom}.
 */
public final class HistoryReader {

  private static final int STRIDE = 20;
  private static final int MOST_WALKERS = 32;

  private final V2Client client;
  private final FirstEvent first;

  /** Events were so large that more walkers would only wait. */
  private volatile boolean large;

  public HistoryReader(V2Client client, String root) {
    this.client = client;
    this.first = new FirstEvent(client, root, true);
  }

  /** Takes events, oldest first. */
  @FunctionalInterface
  public interface Taker {
    void take(V2Event event) throws IOException, LostEventsException;

    /** Asked after each event: false if no more is wanted for now. */
    default boolean goesOn() {
      return true;
    }
  }

  /** The message of a walker: an event, or the end of its walk. */
  private sealed interface Step {
    record Event(V2Event event, long held) implements Step {}

    record End(boolean proven) implements Step {}

    record Failed(Throwable cause) implements Step {}
  }

  /**
   * Gives the taker the events of the watched tree from one index to another, each as soon as all
   * before it are known.
   *
   * @return whether it is certain that there are no others; false also where the taker wanted no
   *     more
   * @throws LostEventsException if some of them are no longer to be had
   */
  public boolean read(HttpUrl endpoint, long from, long to, Taker taker)
      throws IOException, LostEventsException, InterruptedException {
    if (from > to) {
      return true;
    }
    long span = to - from + 1;
    int walkers = (int) Math.max(1, Math.min(large ? 1 : MOST_WALKERS, span / STRIDE));
    HistoryRoom room = new HistoryRoom(HeapShare.bytes(), walkers);
    List<Future<?>> walks = new ArrayList<>();
    List<BlockingQueue<Step>> found = new ArrayList<>();
    try {
      for (int i = 0; i < walkers; i++) {
        HistoryRoom.Share share = room.new Share(i);
        long start = from + i * span / walkers;
        long end = from + (i + 1) * span / walkers - 1;
        BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
        found.add(steps);
        walks.add(client.executor().submit(() -> walk(endpoint, start, end, steps, share)));
      }
      for (int i = 0; i < walkers; i++) {
        room.turnOf(i);
        if (!take(found.get(i), from, taker, room, i)) {
          return false;
        }
      }
      return true;
    } catch (RejectedExecutionException e) {
      throw new IOException("the client is closed", e);
    } finally {
      walks.forEach(walk -> walk.cancel(true));
      if (room.wasFull()) {
        large = true;
      }
    }
  }

  /** Takes all of one walker; returns whether that was certainly all. */
  private static boolean take(
      BlockingQueue<Step> steps, long from, Taker taker, HistoryRoom room, int walker)
      throws IOException, LostEventsException, InterruptedException {
    while (true) {
      Step step = steps.take();
      if (step instanceof Step.Event found) {
        room.taken(walker, found.held());
        taker.take(found.event());
        if (!taker.goesOn()) {
          return false;
        }
      } else if (step instanceof Step.End end) {
        return end.proven();
      } else if (step instanceof Step.Failed failed) {
        throw cause(failed.cause(), from);
      }
    }
  }

  private static IOException cause(Throwable cause, long from) throws LostEventsException {
    if (cause instanceof V2ErrorException error
        && error.errorCode() == V2ErrorException.EVENT_INDEX_CLEARED) {
      throw new HistoryClearedException(from, error.oldestIndex().orElse(0), error.index());
    }
    if (cause instanceof IOException failure) {
      return failure;
    }
    if (cause instanceof RuntimeException permanent) {
      throw permanent;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new IOException(cause);
  }

  private void walk(
      HttpUrl endpoint, long start, long end, BlockingQueue<Step> steps, HistoryRoom.Share share) {
    Step last;
    try {
      last = new Step.End(walked(endpoint, start, end, steps, share));
    } catch (Throwable e) {
      // An Error too: the reader would wait for this walker without end.
      last = new Step.Failed(e);
    }
    steps.add(last);
  }

  private boolean walked(
      HttpUrl endpoint, long start, long end, BlockingQueue<Step> steps, HistoryRoom.Share share)
      throws IOException {
    long at = start;
    while (at <= end) {
      HistoryLook.Match match = first.from(endpoint, at, 0, share);
      @Nullable V2Event event = match.event();
      if (event == null) {
        if (match.headerIndex() < end) {
          throw new IOException(
              "%s is at index %d, behind %d"
                  .formatted(V2Endpoints.text(endpoint), match.headerIndex(), end));
        }
        return match.proven();
      }
      long index = event.node().modifiedIndex();
      if (index <= end) {
        steps.add(new Step.Event(event, share.handOver()));
      } else {
        share.drop();
      }
      at = index + 1;
    }
    return true;
  }
}
