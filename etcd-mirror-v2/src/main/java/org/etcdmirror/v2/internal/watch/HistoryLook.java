package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Headers;
import org.etcdmirror.v2.internal.client.V2RefusedException;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.connection.HalfCloseAnswers;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.connection.V2Patience;
import org.etcdmirror.v2.internal.connection.WatchSocket;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * One question to one server's history: which is the first event at or after an index?
 *
 * <p>etcd sends the headers of the answer, and behind them the match if there is one. That nothing
 * comes proves nothing: a match may be on its way for any time. So the connection is half-closed.
 * etcd then ends the answer in good order, behind everything that it wrote before on the same
 * connection. Headers of index <i>H</i> and that end, without an event between, prove that nothing
 * matched through <i>H</i>, at any speed, size and delay. A connection that is cut proves nothing.
 *
 * <p>One thing rests on time. A server whose handler sees the match and the half-close at once
 * takes either (Go's select, etcd 2.3 to 3.5). The handler finds the match before it sends the
 * headers and takes it right behind them, so the half-close waits for {@link V2Patience#pause}
 * after them: 150 ms, and longer where a match was seen to come late.
 */
public final class HistoryLook {

  private final V2Client client;
  private final HttpUrl endpoint;
  private final long from;
  private final V2Request question;
  private final Call call;
  private final Room room;
  private final WatchSocket socket = new WatchSocket(true);
  private final Duration patience;

  /** Holds an event while it arrives. */
  @FunctionalInterface
  interface Room {
    /** As much as there is. */
    Room ANY = bytes -> {};

    /** So many bytes of the event are held now; waits until there is room for them. */
    void hold(long bytes) throws IOException;
  }

  /** Prepares the question; {@link #ask} sends it. */
  public HistoryLook(V2Client client, HttpUrl endpoint, String key, boolean recursive, long from) {
    this(client, endpoint, key, recursive, from, Room.ANY);
  }

  /** The same, with bounded room for the answer. */
  public HistoryLook(
      V2Client client, HttpUrl endpoint, String key, boolean recursive, long from, Room room) {
    this.room = room;
    this.client = client;
    this.endpoint = endpoint;
    this.from = from;
    this.patience = client.patience().of(endpoint);
    this.question = V2Request.firstEvent(key, from, recursive);
    this.call = client.watchCall(endpoint, question, socket);
  }

  /**
   * An answer.
   *
   * @param event the first event; null if none came
   * @param headerIndex the store's index when the server looked
   * @param clusterId the server's cluster
   * @param proven whether it is certain that nothing else lies between the index that was asked for
   *     and the event, or the header's index if there is no event
   */
  public record Match(
      @Nullable V2Event event, long headerIndex, String clusterId, boolean proven) {}

  /** The server that is asked. */
  HttpUrl endpoint() {
    return endpoint;
  }

  /** Ends the question from any thread; {@link #ask} then fails. */
  void cancel() {
    call.cancel();
  }

  /**
   * Asks, for as long as bytes come.
   *
   * @param least a server below this index is not listened to
   * @throws V2ErrorException if the server refuses, for instance because history is cleared
   */
  public Match ask(long least) throws IOException {
    try {
      return answer(least);
    } catch (V2ErrorException | V2RefusedException e) {
      throw e;
    } catch (V2ProtocolException e) {
      throw new V2ProtocolException(failure(e), e);
    } catch (IOException e) {
      throw new IOException(failure(e), e);
    }
  }

  private String failure(IOException e) {
    return "reading history of %s from index %d at %s failed: %s"
        .formatted(question.key(), from, V2Endpoints.text(endpoint), e.getMessage());
  }

  private Match answer(long least) throws IOException {
    try (Response response = call.execute()) {
      boolean reusable = false;
      try {
        if (!response.isSuccessful()) {
          throw client.refusals().failure(response, question);
        }
        Match match = match(response, least);
        // Behind an event the answer ends, and the connection serves the next question.
        reusable = match.event() != null && !socket.settle();
        return match;
      } finally {
        if (!reusable) {
          // Before the response is closed: OkHttp waits for the rest of a body that may be endless.
          call.cancel();
        }
        socket.discard();
      }
    } catch (SocketTimeoutException e) {
      client.patience().timedOut(endpoint, patience);
      throw e;
    }
  }

  private Match match(Response response, long least) throws IOException {
    SourceHead head = V2Headers.head(response);
    long headerIndex = head.index();
    String clusterId = head.clusterId();
    client.refusals().letIn(question);
    if (headerIndex < least) {
      return new Match(null, headerIndex, clusterId, false);
    }
    HalfCloseAnswers.Known known = client.halfCloses().of(endpoint);
    if (headerIndex < from && known != HalfCloseAnswers.Known.NOTHING) {
      return new Match(null, headerIndex, clusterId, true);
    }
    BufferedSource body = response.body().source();
    // Where a half-close brings no answer it would only take away the time to wait for a match.
    boolean hopeless = known == HalfCloseAnswers.Known.DOES_NOT_ANSWER;
    Duration pause = hopeless ? patience.dividedBy(2) : client.patience().pause(endpoint);
    long began = System.nanoTime();
    Came came = waitFor(body, pause);
    long waited = System.nanoTime() - began;
    if (came == Came.BYTES) {
      V2Event event = read(body);
      if (event.node().modifiedIndex() <= headerIndex) {
        client.patience().matched(endpoint, waited);
      }
      return new Match(event, headerIndex, clusterId, true);
    }
    boolean proven = learned(came == Came.END && isChunked(response));
    return new Match(null, headerIndex, clusterId, proven || headerIndex < from);
  }

  private boolean learned(boolean answered) {
    if (answered) {
      return client.halfCloses().answered(endpoint);
    }
    client.halfCloses().unanswered(endpoint);
    return false;
  }

  /** What comes behind the headers. */
  private enum Came {
    BYTES,
    /** The end of the answer, after the half-close. */
    END,
    /** The end of the connection after the half-close, or nothing at all. */
    NO_ANSWER
  }

  private Came waitFor(BufferedSource body, Duration pause) throws IOException {
    Future<?> halfClose = client.timer().later(pause, socket::endOutput);
    try {
      if (body.request(1)) {
        return Came.BYTES;
      }
      if (socket.settle()) {
        return Came.END;
      }
      throw new IOException("answer ended without an event");
    } catch (IOException e) {
      if (!socket.settle() || call.isCanceled() || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      if (e instanceof SocketTimeoutException) {
        client.patience().timedOut(endpoint, patience);
      }
      return Came.NO_ANSWER;
    } finally {
      halfClose.cancel(false);
    }
  }

  private V2Event read(BufferedSource body) throws IOException {
    V2Event event = V2Json.event(line(body), System.nanoTime());
    EventTranslator.requireOf(question.key(), event);
    long index = event.node().modifiedIndex();
    if (index < from) {
      throw new V2ProtocolException(
          "history from index %d returned index %d".formatted(from, index));
    }
    return event;
  }

  private String line(BufferedSource body) throws IOException {
    Buffer buffer = body.getBuffer();
    long scanned = 0;
    while (buffer.indexOf((byte) '\n', scanned) < 0) {
      scanned = buffer.size();
      room.hold(scanned);
      if (!body.request(scanned + 1)) {
        break;
      }
    }
    return body.readUtf8LineStrict();
  }

  /** An answer without chunks ends with its connection, whatever ended that. */
  static boolean isChunked(Response response) {
    return "chunked".equalsIgnoreCase(response.header("Transfer-Encoding"));
  }
}
