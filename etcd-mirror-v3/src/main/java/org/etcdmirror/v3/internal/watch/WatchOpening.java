package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.v3.internal.client.ServerVersion;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.read.LeaseTimes;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.StatusResponse;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/** Everything that must have happened before a stream can be relied on. */
public final class WatchOpening {

  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

  private final V3Client client;
  private final Selection selection;
  private final KeyRange range;
  private final WatchCall watch;
  private long index;
  private long headIndex;

  private WatchOpening(V3Client client, Selection selection, Start start) throws IOException {
    this.client = client;
    this.selection = selection;
    this.range = KeyRange.covering(selection.prefixes());
    this.index = start instanceof Start.After after ? after.index() : 0;
    // The watch begins with the last known revision, so that a compaction of the next one shows. 0
    // would mean "from now on", so an index of 0 begins with revision 1.
    this.watch =
        WatchCall.start(client, range, start instanceof Start.After ? Math.max(1, index) : 0);
  }

  public static V3EventStream open(V3Client client, Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    try {
      try {
        return attempt(client, selection, start);
      } catch (V3ErrorException e) {
        if (!client.members().logsInAgainAfter(e.problem())) {
          throw e;
        }
      } catch (V3PermanentException e) {
        if (!client.members().logsInAgainAfter(e.problem())) {
          throw e;
        }
      }
      return attempt(client, selection, start);
    } catch (V3PermanentException e) {
      throw explained(e, selection);
    }
  }

  private static PermanentException explained(V3PermanentException refusal, Selection selection) {
    if (refusal.problem() != V3Problem.PERMISSION_DENIED || selection.prefixes().size() == 1) {
      return refusal;
    }
    return new PermanentException(
        "%s; one watch follows all prefixes, so the user needs the right to read the whole range from '%s' to the end of '%s'; or use a mirror for each prefix"
            .formatted(
                refusal.getMessage(),
                selection.prefixes().stream().sorted().findFirst().orElseThrow(),
                selection.prefixes().stream().sorted().reduce((a, b) -> b).orElseThrow()),
        refusal);
  }

  private static V3EventStream attempt(V3Client client, Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    WatchOpening opening = new WatchOpening(client, selection, start);
    boolean opened = false;
    try {
      V3EventStream stream = opening.stream(start);
      opened = true;
      return stream;
    } finally {
      if (!opened) {
        opening.watch.close();
      }
    }
  }

  private V3EventStream stream(Start start)
      throws IOException, LostEventsException, InterruptedException {
    CompletableFuture<StatusResponse> status = watch.status();
    WatchResponse created = watch.take(PATIENCE);
    if (created == null || !created.getCreated()) {
      watch.avoidMember();
      throw new IOException(
          created == null
              ? "%s was not created in %d s"
                  .formatted(watch, Duration.ofNanos(PATIENCE).toSeconds())
              : "%s answered before it was created".formatted(watch));
    }
    headIndex = created.getHeader().getRevision();
    if (created.getCanceled()) {
      throw V3EventStream.canceled(watch, created, index, headIndex);
    }
    if (!(start instanceof Start.After)) {
      // A proxy of etcd's leaves the revision out where it has that watch already. What is read now
      // is at or behind the beginning of the watch.
      index = headIndex > 0 ? headIndex : revisionNow();
      headIndex = index;
    }
    if (headIndex < index) {
      // Nothing would ever tell; whether it is the whole cluster shows in its head.
      watch.avoidMember();
      throw new IOException(
          "member of %s is at revision %d, behind %d".formatted(watch, headIndex, index));
    }
    try {
      Silence silence =
          believesProgress(created, status)
              ? new ProgressRequests(client, watch, at -> new QuietProof(client, watch, range, at))
              : new QuietProof(client, watch, range, index);
      return new V3EventStream(selection, watch, silence, leases(), index, headIndex);
    } catch (V3ErrorException e) {
      if (e.compacted()) {
        throw compacted(e);
      }
      throw e;
    }
  }

  private long revisionNow() throws IOException, InterruptedException {
    RangeRequest read =
        RangeRequest.newBuilder()
            .setKey(range.from())
            .setRangeEnd(range.end())
            .setCountOnly(true)
            .build();
    return client.read(KVGrpc.getRangeMethod(), read).getHeader().getRevision();
  }

  private @Nullable LeaseWatch leases() throws IOException, InterruptedException {
    if (!selection.expiries()) {
      return null;
    }
    LeaseWatch leases = new LeaseWatch(new LeaseTimes(client), watch::wake);
    leases.seed(client, KeyRange.of(selection.prefixes()), index);
    return leases;
  }

  /** A server whose status is kept from the user is taken for an old one. */
  private static boolean believesProgress(
      WatchResponse created, CompletableFuture<StatusResponse> asked) throws InterruptedException {
    StatusResponse status;
    try {
      status = V3Client.await(asked);
    } catch (IOException | PermanentException e) {
      return false;
    }
    // Something between here and etcd may have asked another server.
    return status.getHeader().getMemberId() == created.getHeader().getMemberId()
        && ServerVersion.parse(status.getVersion()).answersProgressRequests();
  }

  /** The watch says so as well, and to which revision. */
  private IOException compacted(V3ErrorException read)
      throws LostEventsException, InterruptedException, IOException {
    long end = System.nanoTime() + PATIENCE;
    for (long left = PATIENCE; left > 0; left = end - System.nanoTime()) {
      @Nullable WatchResponse answer = watch.take(left);
      if (answer != null && answer.getCanceled()) {
        throw V3EventStream.canceled(watch, answer, index, headIndex);
      }
    }
    return read;
  }
}
