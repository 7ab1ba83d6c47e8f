package org.etcdmirror.v2;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import okhttp3.HttpUrl;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.LostEventsException;

/**
 * Reads a stretch of history, which etcd v2 gives out one event a request. Several walkers share
 * the stretch, because under load the oldest part of it is about to be cleared.
 */
final class HistoryReader {

  private static final int STRIDE = 20;
  private static final int MOST_WALKERS = 32;

  /** As the oldest part of history may be about to go. */
  private static final Duration SILENCE = Duration.ofMillis(500);

  private final V2Client client;
  private final FirstEvent first;

  HistoryReader(V2Client client, String root) {
    this.client = client;
    this.first = new FirstEvent(client, root, true, SILENCE);
  }

  /**
   * All events of the watched tree from one index to another, oldest first.
   *
   * @throws LostEventsException if some of them are no longer to be had
   */
  List<V2Event> read(HttpUrl endpoint, long from, long to)
      throws IOException, LostEventsException, InterruptedException {
    if (from > to) {
      return List.of();
    }
    long span = to - from + 1;
    long walkers = Math.max(1, Math.min(MOST_WALKERS, span / STRIDE));
    List<Future<List<V2Event>>> walks = new ArrayList<>();
    for (long i = 0; i < walkers; i++) {
      long start = from + i * span / walkers;
      long end = from + (i + 1) * span / walkers - 1;
      walks.add(client.executor().submit(() -> walk(endpoint, start, end)));
    }
    List<V2Event> events = new ArrayList<>();
    try {
      for (Future<List<V2Event>> walk : walks) {
        events.addAll(walk.get());
      }
    } catch (ExecutionException e) {
      throw cause(e, from);
    } finally {
      walks.forEach(walk -> walk.cancel(true));
    }
    return events;
  }

  private static IOException cause(ExecutionException e, long from)
      throws LostEventsException, InterruptedException {
    Throwable cause = e.getCause();
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
    if (cause instanceof InterruptedException) {
      throw new InterruptedException();
    }
    return new IOException(e);
  }

  private List<V2Event> walk(HttpUrl endpoint, long start, long end) throws IOException {
    List<V2Event> events = new ArrayList<>();
    long at = start;
    while (at <= end) {
      FirstEvent.Match match = first.from(endpoint, at, 0);
      V2Event event = match.event();
      if (event == null) {
        if (match.headerIndex() < end) {
          throw new IOException(
              "%s is at index %d, behind %d"
                  .formatted(V2Endpoints.text(endpoint), match.headerIndex(), end));
        }
        break;
      }
      if (event.node().modifiedIndex() > end) {
        break;
      }
      events.add(event);
      at = event.node().modifiedIndex() + 1;
    }
    return events;
  }
}
