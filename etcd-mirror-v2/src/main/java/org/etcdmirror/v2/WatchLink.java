package org.etcdmirror.v2;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * One streaming watch on one server, read by a thread of its own as fast as it comes, so that the
 * server's channel of 100 events (etcd 2.3 to 3.5) stays empty. What it reads goes to a mailbox.
 *
 * <p>A watch that found its first event in history is dead after it: etcd never registers it for
 * what comes next, and leaves the connection open.
 */
final class WatchLink {

  /**
   * nginx holds back the headers of an idle watch unless it is told {@code proxy_buffering off}.
   */
  static final String NO_ANSWER =
      "got no headers (etcd sends them at once; a proxy on the way must not buffer)";

  private final HttpUrl endpoint;
  private final OptionalLong waitIndex;
  private final Call call;
  private final Credit credit;
  private final BlockingQueue<WatchSignal> mailbox;

  private volatile long headerIndex;
  private volatile String clusterId = "";
  private volatile boolean holdsLine;
  private volatile boolean closed;

  private WatchLink(
      HttpUrl endpoint,
      OptionalLong waitIndex,
      Call call,
      Credit credit,
      BlockingQueue<WatchSignal> mailbox) {
    this.endpoint = endpoint;
    this.waitIndex = waitIndex;
    this.call = call;
    this.credit = credit;
    this.mailbox = mailbox;
  }

  /**
   * Begins a watch; it will say in the mailbox what becomes of it.
   *
   * @param waitIndex the first index that is wanted; empty for whatever happens from now on
   */
  static WatchLink begin(
      V2Client client,
      HttpUrl endpoint,
      String root,
      OptionalLong waitIndex,
      Credit credit,
      BlockingQueue<WatchSignal> mailbox)
      throws IOException {
    Call call = client.watchCall(endpoint, V2Request.watch(root, waitIndex));
    WatchLink link = new WatchLink(endpoint, waitIndex, call, credit, mailbox);
    try {
      client.executor().execute(() -> link.run(root));
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

  /** Whether a line is read that is not in the mailbox yet; silence then means nothing. */
  boolean holdsLine() {
    return holdsLine;
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
    call.cancel();
  }

  private void run(String root) {
    try (Response response = call.execute()) {
      try {
        follow(response, root);
      } finally {
        call.cancel();
      }
    } catch (V2ErrorException e) {
      mailbox.add(
          e.errorCode() == V2ErrorException.EVENT_INDEX_CLEARED
              ? new WatchSignal.Cleared(this, e.oldestIndex().orElse(0), e.index())
              : new WatchSignal.Ended(this, e));
    } catch (IOException e) {
      String where = "watch of %s at %s".formatted(root, V2Endpoints.text(endpoint));
      mailbox.add(new WatchSignal.Ended(this, new IOException(where + ": " + e.getMessage(), e)));
    } catch (Throwable e) {
      // An Error too: a watch that only fell silent would be waited for.
      mailbox.add(new WatchSignal.Ended(this, e));
    }
  }

  private void follow(Response response, String root) throws IOException {
    if (!response.isSuccessful()) {
      throw V2Failures.of(response, root);
    }
    headerIndex = V2Client.etcdIndex(response);
    clusterId = V2Client.clusterId(response);
    mailbox.add(new WatchSignal.Opened(this));
    BufferedSource body = response.body().source();
    while (true) {
      // Strict: a line that was cut is no line.
      String line = body.readUtf8LineStrict();
      holdsLine = true;
      V2Event event = V2Json.event(line, System.nanoTime());
      mailbox.add(new WatchSignal.Line(this, event, take(line.length())));
      holdsLine = false;
    }
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
    return "watch at %s from %s, opened at index %d"
        .formatted(
            V2Endpoints.text(endpoint),
            waitIndex.isPresent() ? waitIndex.getAsLong() : "now",
            headerIndex);
  }
}
