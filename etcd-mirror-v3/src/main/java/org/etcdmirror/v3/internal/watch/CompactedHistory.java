package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.WatchResponse;

/**
 * Finds the start of history by requests that every reader may send: a read of one key at the first
 * revision is refused if there was a compaction, and a watch from there is then canceled with the
 * revision of it. Without the read before it, such a watch would make the server walk through its
 * whole history, of all keys, where none of it was compacted.
 */
public final class CompactedHistory {

  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

  /** The revision before which nothing was written. */
  private static final long FIRST = 1;

  private final V3Client client;
  private final KeyRange key;

  /**
   * The history of all keys.
   *
   * @param readable where the user may read
   */
  public CompactedHistory(V3Client client, KeyRange readable) {
    this.client = client;
    this.key = KeyRange.single(readable.from());
  }

  /**
   * The oldest revision whose events are surely to be had. The one that was compacted is readable
   * itself, but some servers have lost its deletes.
   */
  public long oldest() throws IOException, InterruptedException {
    return isCompacted() ? compactRevision() + 1 : FIRST;
  }

  private boolean isCompacted() throws IOException, InterruptedException {
    RangeRequest read =
        RangeRequest.newBuilder().setKey(key.from()).setRevision(FIRST).setCountOnly(true).build();
    try {
      RangeResponse unused = client.read(KVGrpc.getRangeMethod(), read);
      return false;
    } catch (V3ErrorException e) {
      if (e.compacted()) {
        return true;
      }
      throw e;
    }
  }

  private long compactRevision() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    try (WatchCall watch = WatchCall.start(client, key, FIRST)) {
      for (long left = PATIENCE; left > 0; left = end - System.nanoTime()) {
        WatchResponse answer = watch.take(left);
        if (answer != null && answer.getCompactRevision() > 0) {
          return answer.getCompactRevision();
        }
        if (answer != null && answer.getCanceled()) {
          throw watch.refused(answer.getCancelReason());
        }
      }
      // It may be behind the member that was read from.
      watch.avoidMember();
      throw new IOException(watch + " did not report the compacted revision in time");
    }
  }
}
