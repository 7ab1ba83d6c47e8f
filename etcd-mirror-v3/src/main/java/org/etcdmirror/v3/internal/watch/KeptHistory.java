package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;

/** Shows by a read of one key that history is there. Safe for use by many threads. */
final class KeptHistory {

  private final V3Client client;
  private final KeyRange key;

  /**
   * The history of a cluster.
   *
   * @param readable where the user may read
   */
  KeptHistory(V3Client client, KeyRange readable) {
    this.client = client;
    this.key = KeyRange.single(readable.from());
  }

  /** Whether nothing above a revision was compacted until now, in the whole cluster. */
  boolean isKept(long revision) throws IOException, InterruptedException {
    try {
      RangeResponse unused = client.read(KVGrpc.getRangeMethod(), readAt(revision));
      return true;
    } catch (V3ErrorException e) {
      if (e.compacted()) {
        return false;
      }
      throw e;
    }
  }

  /** Refused if anything above the revision is compacted; linearizable, so by no member's view. */
  RangeRequest readAt(long revision) {
    return RangeRequest.newBuilder()
        .setKey(key.from())
        .setRevision(Math.max(1, revision))
        .setCountOnly(true)
        .build();
  }
}
