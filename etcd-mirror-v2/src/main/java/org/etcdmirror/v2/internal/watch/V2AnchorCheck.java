package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import okhttp3.HttpUrl;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Anchor.Check;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v2.internal.client.V2Answer;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Failures;
import org.etcdmirror.v2.internal.client.V2RefusedException;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.protocol.V2Action;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.etcdmirror.v2.internal.read.V2Head;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a key was at an index what an anchor says.
 *
 * <p>A value's {@code modifiedIndex} grows with each change of it. So one that was changed last at
 * or before the anchor's index was the same then. For others there is history: what the first event
 * after that index says of the time before it. Two things cannot be known: a {@code refresh=true}
 * changes the {@code modifiedIndex} without an event, so that what has a time to live proves
 * nothing, and a directory comes into being without one (etcd 2.3 to 3.5).
 */
public final class V2AnchorCheck {

  /** A store keeps no more events (etcd 2.0 to 3.5), so that no more need to be passed over. */
  private static final int MOST_EVENTS = 1000;

  private final V2Client client;
  private final Anchor anchor;
  private final String path;

  private V2AnchorCheck(V2Client client, Anchor anchor, String path) {
    this.client = client;
    this.anchor = anchor;
    this.path = path;
  }

  /** The result of a quorum read: the key's node, if there is one, and its index. */
  private record Agreed(@Nullable V2Node node, long index, String clusterId) {}

  /**
   * Whether the anchor holds.
   *
   * @param clusterId the only cluster that can tell; null if it is not known
   */
  public static Check check(V2Client client, Anchor anchor, @Nullable String clusterId)
      throws IOException, InterruptedException {
    String path = anchor.key().utf8();
    if (path.indexOf(EventTranslator.REPLACEMENT) >= 0 || V2Paths.flaw(path) != null) {
      // No request can name what v2's JSON, or another kind of source, called so.
      return Check.UNKNOWN;
    }
    try {
      return new V2AnchorCheck(client, anchor, path).check(clusterId);
    } catch (V2RefusedException | PermanentException e) {
      if (V2Failures.isDenial(e)) {
        return Check.UNKNOWN;
      }
      throw e;
    }
  }

  private Check check(@Nullable String clusterId) throws IOException, InterruptedException {
    Agreed now = read();
    V2Node node = now.node();
    if (clusterId != null && !clusterId.equals(now.clusterId())) {
      return Check.UNKNOWN;
    }
    if (node != null && isTheAnchor(node)) {
      return Check.HOLDS;
    }
    if (now.index() < anchor.at()) {
      // A quorum read sees everything that any client saw before it: this history never came so
      // far.
      return Check.BROKEN;
    }
    if (node != null && existedAtAnchor(node)) {
      return Check.BROKEN;
    }
    if (now.index() > anchor.at()) {
      return askHistory(now);
    }
    return node == null ? Check.BROKEN : Check.UNKNOWN;
  }

  private boolean isTheAnchor(V2Node node) {
    return !node.dir() && node.modifiedIndex() == anchor.version();
  }

  /** Whether the node is certainly what was at the key at the anchor's index. */
  private boolean existedAtAnchor(V2Node node) {
    return !node.dir() && node.expiresAt() == null && node.modifiedIndex() <= anchor.at();
  }

  private Agreed read() throws IOException, InterruptedException {
    try {
      V2Answer answer = client.send(V2Request.level(path));
      return new Agreed(answer.requireNode(), answer.etcdIndex(), answer.clusterId());
    } catch (V2ErrorException e) {
      var head = V2Head.of(e);
      return new Agreed(null, head.index(), head.clusterId());
    }
  }

  /** Asks one server after the other, until one is far enough to know. */
  private Check askHistory(Agreed now) throws IOException, InterruptedException {
    IOException failure = null;
    boolean answered = false;
    for (HttpUrl endpoint : client.endpoints()) {
      try {
        Check told = askHistory(endpoint, now);
        if (told != null) {
          return told;
        }
        answered = true;
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw (InterruptedException) new InterruptedException(path).initCause(e);
        }
        if (e instanceof V2ErrorException error
            && error.errorCode() == V2ErrorException.EVENT_INDEX_CLEARED) {
          return Check.UNKNOWN;
        }
        failure = e;
      }
    }
    if (failure != null && !answered) {
      throw failure;
    }
    return Check.UNKNOWN;
  }

  /** The answer of one server; null if it lags behind the others, or belongs to another cluster. */
  private @Nullable Check askHistory(HttpUrl endpoint, Agreed now) throws IOException {
    // A node that is there was changed since, or may come and go without an event.
    boolean silenceProves = now.node() == null;
    FirstEvent history = new FirstEvent(client, path, false);
    long from = anchor.at() + 1;
    for (int events = 0; events <= MOST_EVENTS; events++) {
      HistoryLook.Match match = history.from(endpoint, from, now.index());
      V2Event event = match.event();
      if (!match.clusterId().equals(now.clusterId())) {
        return null;
      }
      if (event == null) {
        if (match.headerIndex() < now.index()) {
          return null;
        }
        return silenceProves && match.proven() ? Check.BROKEN : Check.UNKNOWN;
      }
      if (V2Paths.covers(event.node().key(), path)) {
        return before(event);
      }
      // History matches the end of /foo to a watch of /foobar.
      from = event.node().modifiedIndex() + 1;
    }
    throw new V2ProtocolException(
        "%s returned more events of %s than its history can hold"
            .formatted(V2Endpoints.text(endpoint), path));
  }

  /** Concludes from the first event after the anchor's index on the time before it. */
  private Check before(V2Event event) {
    V2Node before = event.prevNode();
    if (!event.node().key().equals(path)) {
      // The end of a directory above. The event does not say what was in it.
      return Check.UNKNOWN;
    }
    if (before != null && isTheAnchor(before)) {
      return Check.HOLDS;
    }
    boolean wasOther =
        before == null
            ? event.action() == V2Action.SET || event.action() == V2Action.CREATE
            : existedAtAnchor(before);
    return wasOther && event.node().expiresAt() == null ? Check.BROKEN : Check.UNKNOWN;
  }
}
