package org.etcdmirror.v3;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;

/** Makes entries of key-value pairs, and asks each lease once when expiries are wanted. */
final class V3Expiries {

  private record Known(Instant expiresAt, Lease lease) {}

  private final V3Client client;
  private final boolean wanted;
  private final Map<Long, Known> leases = new HashMap<>();

  V3Expiries(V3Client client, boolean wanted) {
    this.client = client;
    this.wanted = wanted;
  }

  Put put(KeyValue kv) throws IOException, InterruptedException {
    Put put =
        new Put(
            Bytes.of(kv.getKey().toByteArray()),
            Bytes.of(kv.getValue().toByteArray()),
            kv.getModRevision(),
            null);
    if (!wanted || kv.getLease() == 0) {
      return put;
    }
    Known known = leases.get(kv.getLease());
    if (known == null) {
      known = ask(kv.getLease());
      leases.put(kv.getLease(), known);
    }
    return put.withExpiry(known.expiresAt(), known.lease());
  }

  /** Forgets what was asked: a lease may have been kept alive since. */
  void refresh() {
    leases.clear();
  }

  private Known ask(long id) throws IOException, InterruptedException {
    LeaseTimeToLiveResponse answer =
        client.call(
            LeaseGrpc.getLeaseTimeToLiveMethod(),
            LeaseTimeToLiveRequest.newBuilder().setID(id).build());
    // -1 where it is gone already; the events that delete its keys are on their way.
    return new Known(
        Instant.now().plusSeconds(Math.max(0, answer.getTTL())),
        new Lease(id, Duration.ofSeconds(Math.max(0, answer.getGrantedTTL()))));
  }
}
