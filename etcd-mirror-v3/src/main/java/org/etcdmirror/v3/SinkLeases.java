package org.etcdmirror.v3;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrpc;

/** What the keys of the sink expire with. Used by the engine's thread alone. */
final class SinkLeases {

  private final V3Client client;

  SinkLeases(V3Client client) {
    this.client = client;
  }

  /** The sink's lease for a put; 0 for none. */
  long of(MirrorEvent.Put put) throws IOException, InterruptedException {
    Instant expiresAt = put.expiresAt();
    if (expiresAt == null) {
      return 0;
    }
    if (put.lease() != null) {
      throw new PermanentException(
          put.key() + " is on a lease of the source, and this sink cannot keep one like it");
    }
    long seconds = Duration.between(Instant.now(), expiresAt).plusMillis(999).toSeconds() + 1;
    LeaseGrantRequest grant = LeaseGrantRequest.newBuilder().setTTL(Math.max(1, seconds)).build();
    return client.call(LeaseGrpc.getLeaseGrantMethod(), grant).getID();
  }
}
