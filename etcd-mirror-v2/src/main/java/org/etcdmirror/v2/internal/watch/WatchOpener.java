package org.etcdmirror.v2.internal.watch;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import okhttp3.HttpUrl;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2RefusedException;
import org.etcdmirror.v2.internal.connection.HalfCloseAnswers;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.jspecify.annotations.Nullable;

/** Opens one stream's watches, on the servers in turn, and refuses those that don't fit. */
public final class WatchOpener {

  private final V2Client client;
  private final String root;
  private final String clusterId;
  private final FirstEvent history;

  /** The same of all clients. */
  private final FirstEvent wholeHistory;

  private final Credit credit;
  private final Delivery delivery;
  private final BlockingQueue<WatchSignal> mailbox = new LinkedBlockingQueue<>();

  /** Whether no server has refused to show the events of all clients. */
  private boolean mayReadAll = true;

  /**
   * Creates the opener of one stream.
   *
   * @param clusterId the only cluster whose watches fit
   * @param delivery judges what comes from watches that are given up
   */
  public WatchOpener(
      V2Client client, String root, String clusterId, Credit credit, Delivery delivery) {
    this.client = client;
    this.root = root;
    this.clusterId = clusterId;
    this.history = new FirstEvent(client, root, true);
    this.wholeHistory = new FirstEvent(client, V2Paths.ROOT, true);
    this.credit = credit;
    this.delivery = delivery;
  }

  public BlockingQueue<WatchSignal> mailbox() {
    return mailbox;
  }

  /** The server that worked last. */
  HttpUrl endpoint() {
    return client.endpoint(0);
  }

  /**
   * Begins to look for the first event at or after an index, on this server. Where silence proves
   * nothing, an event of another client does: none of the tree is before it.
   */
  HistoryProbe look(HttpUrl endpoint, long waitIndex) throws IOException {
    FirstEvent asked = looksAtAll(endpoint) ? wholeHistory : history;
    return HistoryProbe.begin(client, asked.at(endpoint, waitIndex), mailbox);
  }

  private boolean looksAtAll(HttpUrl endpoint) {
    return mayReadAll && halfCloses().of(endpoint) == HalfCloseAnswers.Known.DOES_NOT_ANSWER;
  }

  /**
   * Whether a look failed because the user may not see the events of all clients. From then on only
   * those of the tree are asked for.
   */
  boolean isDeniedAll(WatchSignal.LookFailed failed) {
    boolean isRefusal =
        failed.cause() instanceof PermanentException
            || failed.cause() instanceof V2RefusedException;
    if (!isRefusal || !looksAtAll(failed.probe().endpoint())) {
      return false;
    }
    mayReadAll = false;
    return true;
  }

  /** Begins a watch from "now" on this server. */
  public WatchLink beginFromNowAt(HttpUrl endpoint) throws IOException {
    return begin(endpoint, OptionalLong.empty());
  }

  private WatchLink begin(HttpUrl endpoint, OptionalLong waitIndex) throws IOException {
    return WatchLink.begin(client, endpoint, root, waitIndex, credit, mailbox);
  }

  /**
   * A watch from "now" that is open, on the first server that does it.
   *
   * @param atLeast a server whose index is below this lags behind, and is passed over
   */
  public WatchLink fromNow(long atLeast)
      throws IOException, LostEventsException, InterruptedException {
    return open(OptionalLong.empty(), atLeast);
  }

  /**
   * A watch that is open and misses nothing after an index. If its first event is from history it
   * is dead after it.
   *
   * @throws HistoryClearedException if history does not reach back so far
   */
  WatchLink after(long index) throws IOException, LostEventsException, InterruptedException {
    return open(OptionalLong.of(index + 1), index);
  }

  private WatchLink open(OptionalLong waitIndex, long atLeast)
      throws IOException, LostEventsException, InterruptedException {
    IOException failure = new IOException("no endpoint");
    for (int i = 0; i < client.endpoints().size(); i++) {
      WatchLink link = begin(client.endpoint(0), waitIndex);
      boolean fits = false;
      try {
        IOException why = awaitOpen(link);
        if (why == null) {
          why = linkFlaw(link, atLeast);
        }
        if (why == null) {
          worked(link);
          fits = true;
          return link;
        }
        failure = why;
      } finally {
        // Whatever the reason, an interrupt too: nothing else knows of it.
        if (!fits) {
          link.close();
        }
      }
      avoid(link.endpoint());
    }
    throw failure;
  }

  /** Waits for the answer; null if it is open, else why not. */
  private @Nullable IOException awaitOpen(WatchLink link)
      throws IOException, LostEventsException, InterruptedException {
    Duration patience = client.patience().of(link.endpoint());
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      long left = deadline - System.nanoTime();
      WatchSignal signal = left <= 0 ? null : mailbox.poll(left, NANOSECONDS);
      if (signal == null) {
        client.patience().timedOut(link.endpoint(), patience);
        return new IOException(
            "%s %s in %d ms".formatted(link, WatchLink.NO_ANSWER, patience.toMillis()));
      }
      if (!(signal instanceof WatchSignal.OfWatch said) || said.link() != link) {
        forget(signal);
      } else if (signal instanceof WatchSignal.Opened) {
        return null;
      } else if (signal instanceof WatchSignal.Ended ended) {
        return failed(ended);
      } else if (signal instanceof WatchSignal.Cleared cleared) {
        throw new HistoryClearedException(
            delivery.confirmed() + 1, cleared.oldest(), cleared.current());
      } else {
        return new IOException("%s failed before it was open: %s".formatted(link, signal));
      }
    }
  }

  /**
   * Something from a watch or a look that was given up. It is not delivered, but may disprove the
   * confirmed index.
   */
  void forget(WatchSignal signal) throws IOException, LostEventsException {
    if (signal instanceof WatchSignal.Line line) {
      credit.giveBack(line.cost());
      delivery.refuseMissed(line.event());
    } else if (signal instanceof WatchSignal.Looked looked && looked.match().event() != null) {
      delivery.refuseMissed(looked.match().event());
    }
  }

  /** Why an open watch is of no use; null if it is. */
  @Nullable IOException linkFlaw(WatchLink link, long atLeast) {
    if (!link.clusterId().equals(clusterId)) {
      return new IOException(
          "%s is in cluster %s, not %s".formatted(link, link.clusterId(), clusterId));
    }
    if (link.headerIndex() < atLeast) {
      client.failed(link.endpoint());
      return new IOException("%s is behind index %d".formatted(link, atLeast));
    }
    return null;
  }

  /** Why an answer from this cluster is of no use; null if it is. */
  @Nullable IOException matchFlaw(HttpUrl endpoint, HistoryLook.Match match, long atLeast) {
    String where = V2Endpoints.text(endpoint);
    if (!match.clusterId().equals(clusterId)) {
      return new IOException(
          "%s is in cluster %s, not %s".formatted(where, match.clusterId(), clusterId));
    }
    if (match.headerIndex() < atLeast) {
      return new IOException(
          "%s is at index %d, behind %d".formatted(where, match.headerIndex(), atLeast));
    }
    return null;
  }

  private void avoid(HttpUrl endpoint) {
    client.failed(endpoint);
  }

  /** The measured times of this server. */
  HandOverTimes times(HttpUrl endpoint) {
    return HandOverTimes.of(client.patience(), endpoint);
  }

  /** The time-out for a server that sends no byte. */
  Duration patience(HttpUrl endpoint) {
    return client.patience().of(endpoint);
  }

  /** The known answers of the servers to a half-close. */
  HalfCloseAnswers halfCloses() {
    return client.halfCloses();
  }

  /** Whether silence may be proven on the server that worked last. */
  boolean answersHalfClose() {
    return halfCloses().of(endpoint()) != HalfCloseAnswers.Known.DOES_NOT_ANSWER;
  }

  /**
   * Whether the feeding watch's server may have been given its leader's snapshot on its way to an
   * index, and so have left out events; see {@link HandOverAttempt#FAR}.
   */
  boolean mayHaveSkipped(Witness feeding, long index) {
    return index - feeding.headSeen() > HandOverAttempt.FAR && !isOnlyMember(feeding.link());
  }

  /** Whether the watch's server is its whole cluster; false where it does not say so. */
  private boolean isOnlyMember(WatchLink link) {
    try {
      return client.members(link.endpoint()) == 1;
    } catch (IOException unknown) {
      // Then it is treated as one of several, which costs a resync at worst.
      return false;
    }
  }

  void worked(WatchLink link) {
    worked(link.endpoint());
  }

  void worked(HttpUrl endpoint) {
    client.worked(endpoint);
  }

  /**
   * Notes that a watch is over.
   *
   * @return why
   * @throws RuntimeException the cause, if another watch would fare no better
   */
  IOException failed(WatchSignal.Ended ended) {
    return failed(ended.link().endpoint(), ended.cause());
  }

  /** Notes that an attempt came to nothing. */
  void failed(HandOverAttempt attempt) {
    HttpUrl endpoint = attempt.endpoint();
    if (attempt.wasLate()) {
      client.patience().timedOut(endpoint, attempt.times().life());
    }
    if (attempt.wasDisproved()) {
      halfCloses().unanswered(endpoint);
    }
    avoid(endpoint);
  }

  /** The same of a look into history. */
  IOException failed(WatchSignal.LookFailed failed) {
    return failed(failed.probe().endpoint(), failed.cause());
  }

  private IOException failed(HttpUrl endpoint, Throwable cause) {
    client.failed(endpoint);
    if (cause instanceof RuntimeException permanent) {
      throw permanent;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof IOException failure ? failure : new IOException(cause);
  }
}
