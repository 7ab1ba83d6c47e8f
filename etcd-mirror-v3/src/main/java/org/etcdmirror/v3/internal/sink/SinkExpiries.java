package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.jspecify.annotations.Nullable;

/** Reads when leases of the sink end, each once, many at a time. */
public final class SinkExpiries {

  /** The end of a lease, which has the name of the source's lease that it stands for. */
  record Ending(Expiry at, Lease lease) {}

  private static final int IN_FLIGHT = 64;

  /** More than this are forgotten and asked for again, so that memory is bounded. */
  private static final int MOST = 20_000;

  private final V3Client client;
  private final SinkLeaseIds ids;
  private final Map<Long, Ending> known = new HashMap<>();

  public SinkExpiries(V3Client client, SinkLeaseIds ids) {
    this.client = client;
    this.ids = ids;
  }

  /** Learns what is not known yet of the leases of these keys. */
  void learn(Collection<KeyValue> page) throws IOException, InterruptedException {
    if (known.size() > MOST) {
      known.clear();
    }
    Set<Long> unknown = new LinkedHashSet<>();
    for (KeyValue found : page) {
      if (found.getLease() != 0 && !known.containsKey(found.getLease())) {
        unknown.add(found.getLease());
      }
    }
    List<Long> leases = new ArrayList<>(unknown);
    List<LeaseTimeToLiveResponse> answers = timesToLive(leases);
    long now = System.nanoTime();
    for (int i = 0; i < leases.size(); i++) {
      LeaseTimeToLiveResponse answer = answers.get(i);
      if (answer.getTTL() >= 0) {
        Lease source = ids.source(leases.get(i), Duration.ofSeconds(answer.getGrantedTTL()));
        known.put(
            leases.get(i),
            new Ending(Expiry.after(now, Duration.ofSeconds(answer.getTTL())), source));
      }
    }
  }

  private List<LeaseTimeToLiveResponse> timesToLive(List<Long> leases)
      throws IOException, InterruptedException {
    try {
      return SinkCalls.each(leases, IN_FLIGHT, this::timeToLive);
    } catch (V3ErrorException e) {
      if (e.problem() != V3Problem.MEMBER_FAILED) {
        throw e;
      }
      // The client has moved on to another member.
      return SinkCalls.each(leases, IN_FLIGHT, this::timeToLive);
    }
  }

  private CompletableFuture<LeaseTimeToLiveResponse> timeToLive(long lease) {
    return client.send(
        LeaseGrpc.getLeaseTimeToLiveMethod(),
        LeaseTimeToLiveRequest.newBuilder().setID(lease).build());
  }

  /** The end of a lease of the last page; null if it has ended, and its keys with it. */
  @Nullable Ending of(long lease) {
    return known.get(lease);
  }
}
