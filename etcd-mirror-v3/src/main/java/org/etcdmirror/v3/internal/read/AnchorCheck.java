package org.etcdmirror.v3.internal.read;

import java.io.IOException;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Failures;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.jspecify.annotations.Nullable;

/**
 * Whether a key was what an anchor says, which another history of the same cluster id does not know
 * of. All reads are linearizable: a member answers once it has applied all that the cluster had
 * committed, the anchor's revision with it, so that one that lags says nothing wrong.
 */
public final class AnchorCheck {

  private final V3Client client;
  private final Anchor anchor;

  public AnchorCheck(V3Client client, Anchor anchor) {
    this.client = client;
    this.anchor = anchor;
  }

  public Anchor.Check run() throws IOException, InterruptedException {
    if (anchor.key().isEmpty()) {
      // No key of etcd is empty, so no request can name it; a checkpoint may be forged.
      return Anchor.Check.UNKNOWN;
    }
    try {
      return ofThen(read(anchor.at()));
    } catch (V3ErrorException e) {
      if (e.futureRevision()) {
        // The revision was told by this cluster, and the cluster as a whole is not there yet.
        return Anchor.Check.BROKEN;
      }
      if (V3Failures.isDenial(e)) {
        return Anchor.Check.UNKNOWN;
      }
      if (!e.compacted()) {
        throw e;
      }
      return ofNow(read(0));
    } catch (V3PermanentException e) {
      if (e.problem() != V3Problem.PERMISSION_DENIED) {
        throw e;
      }
      // The rights were granted for another scope than the anchor's.
      return Anchor.Check.UNKNOWN;
    }
  }

  private Anchor.Check ofThen(@Nullable KeyValue found) {
    return found != null && found.getModRevision() == anchor.version()
        ? Anchor.Check.HOLDS
        : Anchor.Check.BROKEN;
  }

  private Anchor.Check ofNow(@Nullable KeyValue found) {
    if (found == null || found.getModRevision() > anchor.at()) {
      return Anchor.Check.UNKNOWN;
    }
    // Not changed since the anchor's revision: this is what the key was at it.
    return ofThen(found);
  }

  private @Nullable KeyValue read(long revision) throws IOException, InterruptedException {
    RangeRequest request =
        RangeRequest.newBuilder()
            .setKey(Wire.wire(anchor.key()))
            .setRevision(revision)
            .setKeysOnly(true)
            .build();
    RangeResponse answer = client.read(KVGrpc.getRangeMethod(), request);
    return answer.getKvsCount() == 0 ? null : answer.getKvs(0);
  }
}
