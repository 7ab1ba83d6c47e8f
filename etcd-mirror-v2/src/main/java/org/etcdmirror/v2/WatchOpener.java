package org.etcdmirror.v2;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Opens one stream's watches, on the servers in turn, and refuses those that don't fit. */
final class WatchOpener {

  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(3);

  private final V2Client client;
  private final String root;
  private final String clusterId;
  private final Credit credit;
  private final BlockingQueue<WatchSignal> mailbox = new LinkedBlockingQueue<>();

  /**
   * For one stream.
   *
   * @param clusterId the only cluster whose watches fit
   */
  WatchOpener(V2Client client, String root, String clusterId, Credit credit) {
    this.client = client;
    this.root = root;
    this.clusterId = clusterId;
    this.credit = credit;
  }

  BlockingQueue<WatchSignal> mailbox() {
    return mailbox;
  }

  /** Begins a watch on the server that worked last. */
  WatchLink begin(OptionalLong waitIndex) throws IOException {
    return WatchLink.begin(client, client.endpoint(0), root, waitIndex, credit, mailbox);
  }

  /** Begins a watch from "now" on this server. */
  WatchLink fromNowAt(HttpUrl endpoint) throws IOException {
    return WatchLink.begin(client, endpoint, root, OptionalLong.empty(), credit, mailbox);
  }

  /**
   * A watch from "now" that is open, on the first server that does it.
   *
   * @param atLeast a server whose index is below this lags behind, and is passed over
   */
  WatchLink fromNow(long atLeast) throws IOException, InterruptedException {
    IOException failure = new IOException("no endpoint");
    for (int i = 0; i < client.endpoints().size(); i++) {
      WatchLink link = begin(OptionalLong.empty());
      boolean fits = false;
      try {
        IOException why = awaitOpen(link);
        if (why == null) {
          why = unfit(link, atLeast);
        }
        if (why == null) {
          worked(link);
          fits = true;
          return link;
        }
        failure = why;
      } finally {
        // Whatever the reason, an interrupt too: nobody else knows of it.
        if (!fits) {
          link.close();
        }
      }
      avoid(link);
    }
    throw failure;
  }

  /** Waits for the answer; null if it is open, else why not. */
  private @Nullable IOException awaitOpen(WatchLink link) throws InterruptedException {
    long deadline = System.nanoTime() + OPEN_TIMEOUT.toNanos();
    while (true) {
      long left = deadline - System.nanoTime();
      WatchSignal signal = left <= 0 ? null : mailbox.poll(left, NANOSECONDS);
      if (signal == null) {
        return new IOException("%s %s in %s".formatted(link, WatchLink.NO_ANSWER, OPEN_TIMEOUT));
      }
      if (signal.link() != link) {
        forget(signal);
      } else if (signal instanceof WatchSignal.Opened) {
        return null;
      } else if (signal instanceof WatchSignal.Ended ended) {
        return failed(ended);
      } else {
        return new IOException("%s said %s before it was open".formatted(link, signal));
      }
    }
  }

  /** Something from a watch that nobody listens to any more. */
  private void forget(WatchSignal signal) {
    if (signal instanceof WatchSignal.Line line) {
      credit.giveBack(line.cost());
    }
  }

  /** Why an open watch is of no use; null if it is. */
  @Nullable IOException unfit(WatchLink link, long atLeast) {
    if (!link.clusterId().equals(clusterId)) {
      return new IOException(
          "%s is of cluster %s, not %s".formatted(link, link.clusterId(), clusterId));
    }
    if (link.headerIndex() < atLeast) {
      client.failed(link.endpoint());
      return new IOException("%s is behind index %d".formatted(link, atLeast));
    }
    return null;
  }

  /** Has another server asked first. */
  void avoid(WatchLink link) {
    client.failed(link.endpoint());
  }

  /** Whether the watch's server is its whole cluster; false where it does not say so. */
  boolean isOnlyMember(WatchLink link) {
    try {
      return client.members(link.endpoint()) == 1;
    } catch (IOException unknown) {
      // Then it is treated as one of several, which costs a resync at worst.
      return false;
    }
  }

  void worked(WatchLink link) {
    client.worked(link.endpoint());
  }

  /**
   * Notes that a watch is over.
   *
   * @return why
   * @throws RuntimeException the cause, if another watch would fare no better
   */
  IOException failed(WatchSignal.Ended ended) {
    client.failed(ended.link().endpoint());
    if (ended.cause() instanceof RuntimeException permanent) {
      throw permanent;
    }
    if (ended.cause() instanceof Error error) {
      throw error;
    }
    return ended.cause() instanceof IOException failure ? failure : new IOException(ended.cause());
  }
}
