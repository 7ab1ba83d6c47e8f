package org.etcdmirror.v2;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;
import okio.BufferedSource;
import org.etcdmirror.api.HistoryClearedException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stretch of history, which etcd v2 gives out one event a request. Several walkers share
 * the stretch, because under load the oldest part of it is about to be cleared.
 */
final class HistoryReader {

  private static final int STRIDE = 20;
  private static final int MOST_WALKERS = 32;

  /**
   * Headers without a body for this long mean that nothing matched up to the index in the headers:
   * a match is in the same answer, and the connection is ended by us, not by anything on the way.
   */
  private static final Duration SILENCE = Duration.ofMillis(500);

  /** A server that hangs must not hang the stream. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private final V2Client client;
  private final String root;

  HistoryReader(V2Client client, String root) {
    this.client = client;
    this.root = root;
  }

  /** The first event at or after an index; none if there was none up to the header's index. */
  private record Match(@Nullable V2Event event, long headerIndex) {}

  /**
   * All events of the watched tree from one index to another, oldest first.
   *
   * @throws HistoryClearedException if some of them are no longer to be had
   */
  List<V2Event> read(HttpUrl endpoint, long from, long to)
      throws IOException, HistoryClearedException, InterruptedException {
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
      throws HistoryClearedException, InterruptedException {
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
      Match match = first(endpoint, at);
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
      long index = event.node().modifiedIndex();
      if (index < at) {
        throw new V2ProtocolException("history from %d shows %d".formatted(at, index));
      }
      at = index + 1;
    }
    return events;
  }

  /** Believes silence only of two connections: one may hang between its headers and the match. */
  private Match first(HttpUrl endpoint, long waitIndex) throws IOException {
    Match match = ask(endpoint, waitIndex);
    return match.event() != null ? match : ask(endpoint, waitIndex);
  }

  private Match ask(HttpUrl endpoint, long waitIndex) throws IOException {
    Call call = client.watchCall(endpoint, root, OptionalLong.of(waitIndex), false);
    call.timeout().timeout(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    try (Response response = call.execute()) {
      if (!response.isSuccessful()) {
        throw V2Failures.of(response, root);
      }
      long headerIndex = V2Client.etcdIndex(response);
      BufferedSource body = response.body().source();
      body.timeout().timeout(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (isSilent(body)) {
        call.cancel();
        return new Match(null, headerIndex);
      }
      return new Match(V2Json.event(body.readUtf8LineStrict(), Instant.now()), headerIndex);
    }
  }

  private static boolean isSilent(BufferedSource body) throws IOException {
    try {
      // An end without a byte is an error below: only silence is silence.
      body.request(1);
      return false;
    } catch (SocketTimeoutException silence) {
      return true;
    }
  }
}
