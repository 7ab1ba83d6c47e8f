package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Headers;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.connection.WatchSocket;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * One streaming watch on one server, read by a thread of its own as fast as it comes, so that the
 * server's channel of 100 events (etcd 2.3 to 3.5) stays empty. What it reads goes to a mailbox.
 *
 * <p>A watch that found its first event in history is dead after it: etcd never registers it for
 * what comes next, and leaves the connection open.
 */
public final class WatchLink {

  /**
   * nginx holds back the headers of an idle watch unless it is told {@code proxy_buffering off}.
   */
  static final String NO_ANSWER =
      "received no headers (etcd sends them at once; a proxy must not buffer)";

  private final HttpUrl endpoint;
  private final OptionalLong waitIndex;
  private final WatchSocket socket;
  private final Call call;
  private final Credit credit;
  private final BlockingQueue<WatchSignal> mailbox;

  private volatile long headerIndex;
  private volatile String clusterId = "";
  private volatile @Nullable WatchLines lines;
  private volatile boolean holdsLine;
  private volatile boolean closed;

  private WatchLink(
      HttpUrl endpoint,
      OptionalLong waitIndex,
      WatchSocket socket,
      Call call,
      Credit credit,
      BlockingQueue<WatchSignal> mailbox) {
    this.endpoint = endpoint;
    this.waitIndex = waitIndex;
    this.socket = socket;
    this.call = call;
    this.credit = credit;
    this.mailbox = mailbox;
  }

  /**
   * Begins a watch; it will say in the mailbox what becomes of it.
   *
   * @param waitIndex the first index that is wanted; empty for whatever happens from now on
   */
  public static WatchLink begin(
      V2Client client,
      HttpUrl endpoint,
      String root,
      OptionalLong waitIndex,
      Credit credit,
      BlockingQueue<WatchSignal> mailbox)
      throws IOException {
    WatchSocket socket = new WatchSocket(false);
    V2Request watch = V2Request.watch(root, waitIndex);
    Call call = client.watchCall(endpoint, watch, socket);
    WatchLink link = new WatchLink(endpoint, waitIndex, socket, call, credit, mailbox);
    try {
      client.executor().execute(() -> link.run(client, watch));
    } catch (RejectedExecutionException e) {
      throw new IOException("the client is closed", e);
    }
    return link;
  }

  HttpUrl endpoint() {
    return endpoint;
  }

  /** The store's index when the server took the watch. */
  long headerIndex() {
    return headerIndex;
  }

  /** The cluster of the server; empty before the watch is open. */
  String clusterId() {
    return clusterId;
  }

  /** Whether this event came from history, so that nothing follows it. */
  boolean isFromHistory(V2Event event) {
    return waitIndex.isPresent() && event.node().modifiedIndex() <= headerIndex;
  }

  /** Whether a line waits for room; silence then means nothing, however long it lasts. */
  boolean holdsLine() {
    return holdsLine;
  }

  /** Whether a line has begun to arrive that is not in the mailbox yet. */
  boolean inLine() {
    WatchLines reading = lines;
    return reading != null && reading.inLine();
  }

  /** The number of received bytes; it grows while a line arrives. */
  long received() {
    WatchLines reading = lines;
    return reading == null ? 0 : reading.received();
  }

  /**
   * Asks the server to end the watch behind what it wrote. It says {@link WatchSignal.Drained} in
   * the mailbox when that has come to pass.
   */
  void endOutput() {
    try {
      socket.endOutput();
    } catch (IOException e) {
      // The connection is gone, and its reader says so.
      call.cancel();
    }
  }

  boolean isClosed() {
    return closed;
  }

  public void close() {
    closed = true;
    call.cancel();
  }

  private void run(V2Client client, V2Request watch) {
    try (Response response = call.execute()) {
      try {
        follow(client, response, watch);
      } finally {
        call.cancel();
        socket.discard();
      }
    } catch (V2ErrorException e) {
      mailbox.add(refused(e));
    } catch (IOException e) {
      String what =
          "watch of %s at %s: %s"
              .formatted(watch.key(), V2Endpoints.text(endpoint), e.getMessage());
      mailbox.add(
          new WatchSignal.Ended(
              this,
              e instanceof V2ProtocolException
                  ? new V2ProtocolException(what, e)
                  : new IOException(what, e)));
    } catch (Throwable e) {
      // An Error too: a watch that only fell silent would be waited for.
      mailbox.add(new WatchSignal.Ended(this, e));
    }
  }

  /** That history is cleared is believed only of a watch that asked for it, and from there. */
  private WatchSignal refused(V2ErrorException e) {
    if (e.errorCode() != V2ErrorException.EVENT_INDEX_CLEARED) {
      return new WatchSignal.Ended(this, e);
    }
    long oldest = e.oldestIndex().orElse(0);
    return waitIndex.isPresent() && (oldest == 0 || oldest > waitIndex.getAsLong())
        ? new WatchSignal.Cleared(this, oldest, e.index())
        : new WatchSignal.Ended(
            this, new V2ProtocolException("%s was refused: %s".formatted(this, e.getMessage()), e));
  }

  private void follow(V2Client client, Response response, V2Request watch) throws IOException {
    if (!response.isSuccessful()) {
      throw client.refusals().failure(response, watch);
    }
    SourceHead head = V2Headers.head(response);
    headerIndex = head.index();
    clusterId = head.clusterId();
    client.refusals().letIn(watch);
    mailbox.add(new WatchSignal.Opened(this));
    WatchLines reading = new WatchLines(response.body().source());
    lines = reading;
    for (String line = reading.next(); line != null; line = reading.next()) {
      holdsLine = true;
      V2Event event = V2Json.event(line, System.nanoTime());
      EventTranslator.requireOf(watch.key(), event);
      mailbox.add(new WatchSignal.Line(this, event, take(line.length())));
      holdsLine = false;
      reading.passedOn();
    }
    if (!socket.settle() || !HistoryLook.isChunked(response)) {
      throw new IOException("server ended the watch");
    }
    mailbox.add(new WatchSignal.Drained(this));
  }

  private int take(int length) throws IOException {
    try {
      return credit.take(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  @Override
  public String toString() {
    String watch =
        "watch at %s from %s"
            .formatted(
                V2Endpoints.text(endpoint), waitIndex.isPresent() ? waitIndex.getAsLong() : "now");
    return headerIndex == 0 ? watch : watch + ", opened at index " + headerIndex;
  }
}
