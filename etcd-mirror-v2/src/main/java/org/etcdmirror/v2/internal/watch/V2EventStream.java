package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.read.V2Tree;

/** A stream of one tree's events; a {@link WatchFollower} fills it, {@link #poll} empties it. */
public final class V2EventStream implements EventStream {

  private final WatchFollower follower;
  private final Outbox outbox;
  private final long startIndex;
  private final Future<?> running;
  private final Queue<SourceNotice> notices;

  private V2EventStream(
      WatchFollower follower,
      Outbox outbox,
      long startIndex,
      Future<?> running,
      Queue<SourceNotice> notices) {
    this.follower = follower;
    this.outbox = outbox;
    this.startIndex = startIndex;
    this.running = running;
    this.notices = notices;
  }

  /**
   * Opens a stream.
   *
   * @param clusterId the cluster it must be of
   * @param notices what else the stream is to report
   */
  public static V2EventStream open(
      V2Client client,
      Selection selection,
      Start start,
      String clusterId,
      Queue<SourceNotice> notices)
      throws IOException, LostEventsException, InterruptedException {
    String root = V2Tree.commonAncestor(selection.prefixes());
    Credit credit = new Credit(HeapShare.bytes());
    Outbox outbox = new Outbox(credit);
    TtlKeeper ttls = selection.expiries() ? new TtlKeeper(client, selection, outbox) : null;
    List<String> prefixes = selection.prefixes().stream().map(Bytes::utf8).toList();
    Delivery delivery = new Delivery(credit, outbox, new EventTranslator(root, prefixes), ttls);
    WatchFollower follower =
        new WatchFollower(
            new WatchOpener(client, root, clusterId, credit, delivery),
            credit,
            outbox,
            delivery,
            new HistoryReader(client, root));
    boolean began = false;
    try {
      follower.begin(start);
      long startIndex = start instanceof Start.After after ? after.index() : delivery.confirmed();
      if (ttls != null) {
        ttls.seed(start instanceof Start.After);
        // What was prolonged before the start was opened goes out though nothing else happens.
        ttls.tell(delivery.confirmed());
      }
      Future<?> running = client.executor().submit(follower::run);
      began = true;
      return new V2EventStream(follower, outbox, startIndex, running, notices);
    } catch (RejectedExecutionException e) {
      throw new IOException("the client is closed", e);
    } finally {
      if (!began) {
        follower.close();
      }
    }
  }

  @Override
  public long startIndex() {
    return startIndex;
  }

  @Override
  public EventBatch poll(Duration timeout)
      throws IOException, LostEventsException, InterruptedException {
    for (SourceNotice notice = notices.poll(); notice != null; notice = notices.poll()) {
      outbox.notice(notice);
    }
    return outbox.poll(timeout);
  }

  @Override
  public void close() {
    follower.close();
    running.cancel(true);
    outbox.end(new IOException("the stream is closed"));
  }
}
