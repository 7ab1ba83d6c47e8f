package org.etcdmirror.v3.internal.read;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.jspecify.annotations.Nullable;

/**
 * Reads when leases end. Each lease is asked for once for all its keys, many at a time, and again
 * when the answer is no longer fresh. For one thread.
 */
public final class LeaseTimes {

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private static final int AT_A_TIME = 64;
  private static final int MOST_KNOWN = 10_000;

  /**
   * The source's answer about a lease.
   *
   * @param expiresAt when the lease ends unless it is kept alive
   * @param gone whether there is no such lease any more; it then ended when this was learned
   * @param nanos when it said so, by {@link System#nanoTime()}
   */
  public record Ending(Lease lease, Expiry expiresAt, boolean gone, long nanos) {

    /** The time for which the answer is valid: a client may keep the lease alive meanwhile. */
    public long freshNanos() {
      Duration third = lease.ttl().dividedBy(3);
      return (third.compareTo(SHORTEST) < 0 ? SHORTEST : third).toNanos();
    }

    private boolean isFresh() {
      return System.nanoTime() - nanos < freshNanos();
    }
  }

  private final V3Client client;

  private final Map<Long, Ending> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Ending> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  public LeaseTimes(V3Client client) {
    this.client = client;
  }

  /**
   * Asks without waiting; to be {@linkplain #note noted} when it is answered. Fails with what
   * {@link V3Client#call} throws.
   */
  public CompletableFuture<Ending> ask(long id) {
    Ending before = known.get(id);
    return client
        .send(
            LeaseGrpc.getLeaseTimeToLiveMethod(),
            LeaseTimeToLiveRequest.newBuilder().setID(id).build())
        .thenApply(answer -> ending(id, answer, before));
  }

  /** The answer for a lease that is gone holds no time that it was granted. */
  private Ending ending(long id, LeaseTimeToLiveResponse answer, @Nullable Ending before) {
    boolean gone = answer.getTTL() < 0;
    Duration granted =
        answer.getGrantedTTL() > 0
            ? Duration.ofSeconds(answer.getGrantedTTL())
            : before == null ? SHORTEST : before.lease().ttl();
    Expiry expiresAt = Expiry.in(Duration.ofSeconds(Math.max(0, answer.getTTL())));
    return new Ending(new Lease(id, granted), expiresAt, gone, System.nanoTime());
  }

  /** A lease without keys may be over, and its number come back as another lease. */
  public void forget(long id) {
    known.remove(id);
  }

  public void note(Ending ending) {
    known.put(ending.lease().id(), ending);
  }

  /**
   * The endings of all leases that these keys are on.
   *
   * @throws IOException if one of them can't be told now
   */
  public Map<Long, Ending> of(Iterable<KeyValue> kvs) throws IOException, InterruptedException {
    Map<Long, Ending> endings = new LinkedHashMap<>();
    Set<Long> stale = new HashSet<>();
    for (KeyValue kv : kvs) {
      long id = kv.getLease();
      Ending ending = id == 0 ? null : known.get(id);
      if (ending != null && ending.isFresh()) {
        endings.put(id, ending);
      } else if (id != 0) {
        stale.add(id);
      }
    }
    for (Ending ending : learn(List.copyOf(stale))) {
      endings.put(ending.lease().id(), ending);
    }
    return endings;
  }

  private List<Ending> learn(List<Long> ids) throws IOException, InterruptedException {
    List<Ending> learned = new ArrayList<>();
    Deque<CompletableFuture<Ending>> asked = new ArrayDeque<>();
    try {
      int sent = 0;
      while (learned.size() < ids.size()) {
        while (sent < ids.size() && asked.size() < AT_A_TIME) {
          asked.add(ask(ids.get(sent++)));
        }
        Ending ending = V3Client.await(asked.remove());
        note(ending);
        learned.add(ending);
      }
      return learned;
    } finally {
      asked.forEach(pending -> pending.cancel(true));
    }
  }
}
