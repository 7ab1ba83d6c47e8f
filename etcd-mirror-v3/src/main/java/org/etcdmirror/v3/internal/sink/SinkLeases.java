package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.jspecify.annotations.Nullable;

/**
 * Manages the leases of the sink's keys. A lease of the source has a shadow here, on which all its
 * keys are. No shadow is ever revoked, as a revoke that is executed late would take newer keys with
 * it: one that no key is left on expires. Used by the engine's thread alone, but for {@link
 * #keepAlive(SinkKeepAlives)}.
 */
public final class SinkLeases {

  private static final int IN_FLIGHT = 64;
  private static final int FEW = 1000;

  private final V3Client client;
  private final SinkLeaseIds ids;
  private final SinkKeepAlives keepAlives;

  /** As many as live, and some more; the keeper's thread renews them. */
  private final Map<Long, SinkShadow> shadows = new ConcurrentHashMap<>();

  /** Shadows that ended before their time, and whose keys went with them. */
  private final Set<Long> lost = ConcurrentHashMap.newKeySet();

  private int tidyAt = FEW;

  public SinkLeases(V3Client client, SinkLeaseIds ids) {
    this.client = client;
    this.ids = ids;
    this.keepAlives = new SinkKeepAlives(client);
  }

  /**
   * Sees to it that each of these is there.
   *
   * @throws SinkDriftedException if one that was there has ended before its time, because a client
   *     revoked it: granted anew, it would be without the keys that it had
   */
  public void provide(Collection<SinkLease> wanted) throws IOException, InterruptedException {
    refuseLost();
    long now = System.nanoTime();
    tidy(now);
    List<SinkLease> unknown = new ArrayList<>();
    List<SinkLease> doubtful = new ArrayList<>();
    for (SinkLease lease : wanted) {
      SinkShadow shadow = shadows.get(lease.id());
      if (shadow == null || shadow.isOver(now)) {
        unknown.add(lease);
      } else if (shadow.isOld(now) && lease.isCoveredBy(shadow.seconds())) {
        doubtful.add(lease);
      }
    }
    doubtful.addAll(grant(unknown));
    List<SinkLease> gone = keepAlive(doubtful);
    refuseLost();
    if (!grant(gone).isEmpty()) {
      throw new IOException("leases of the sink disappear again and again: " + gone);
    }
    awaitEndOfShorter(wanted);
  }

  /** Of those that existed already, the shadows: they may be at their end. */
  private List<SinkLease> grant(List<SinkLease> leases) throws IOException, InterruptedException {
    long now = System.nanoTime();
    List<Boolean> granted = SinkCalls.each(leases, IN_FLIGHT, this::grant);
    List<SinkLease> found = new ArrayList<>();
    for (int i = 0; i < leases.size(); i++) {
      SinkLease lease = leases.get(i);
      if (lease.shadow() && granted.get(i)) {
        shadows.put(lease.id(), new SinkShadow(lease.seconds(), now, now));
      } else if (lease.shadow()) {
        found.add(lease);
      }
    }
    return found;
  }

  private CompletableFuture<Boolean> grant(SinkLease lease) {
    return client
        .send(
            LeaseGrpc.getLeaseGrantMethod(),
            LeaseGrantRequest.newBuilder().setID(lease.id()).setTTL(lease.seconds()).build())
        .thenApply(answer -> true)
        .exceptionallyCompose(failure -> unless(V3ErrorException::leaseExists, failure));
  }

  /** Those that are gone. */
  private List<SinkLease> keepAlive(List<SinkLease> leases)
      throws IOException, InterruptedException {
    Map<Long, Long> left = renew(leases.stream().map(SinkLease::id).toList());
    return leases.stream().filter(lease -> left.getOrDefault(lease.id(), 0L) == 0).toList();
  }

  /**
   * A number of the source may come back as a lease that lives longer. Among brief ones that is the
   * same shadow, and there may be one from before, or from a grant that was executed late. It is
   * left to expire, which nothing prolongs, before the longer one is granted.
   */
  private void awaitEndOfShorter(Collection<SinkLease> wanted) throws IOException {
    for (SinkLease lease : wanted) {
      SinkShadow shadow = shadows.get(lease.id());
      if (lease.shadow() && shadow != null && !lease.isCoveredBy(shadow.seconds())) {
        throw new IOException(
            "lease %x of the sink has the wrong time to live: %d s, the source's lease has %d s; waiting for it to expire"
                .formatted(lease.id(), shadow.seconds(), lease.seconds()));
      }
    }
  }

  /** False for what need not be done any more. */
  private static CompletableFuture<Boolean> unless(
      Predicate<V3ErrorException> done, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof V3ErrorException error && done.test(error)
        ? CompletableFuture.completedFuture(false)
        : CompletableFuture.failedFuture(failure);
  }

  private Map<Long, Long> renew(Collection<Long> leases) throws IOException, InterruptedException {
    long now = System.nanoTime();
    Map<Long, Long> left = keepAlives.renew(leases);
    long answered = System.nanoTime();
    left.forEach((id, seconds) ->
        shadows.compute(
            id,
            (same, known) ->
                seconds == 0 ? ended(id, known) : alive(known, seconds, now, answered)));
    return left;
  }

  /** Nothing is left of it; noted if it should have lived on. */
  private @Nullable SinkShadow ended(long id, @Nullable SinkShadow known) {
    if (known != null && !known.isOver(System.nanoTime())) {
      lost.add(id);
    }
    return null;
  }

  private void refuseLost() throws SinkDriftedException {
    Iterator<Long> ended = lost.iterator();
    if (ended.hasNext()) {
      long id = ended.next();
      // One comparison brings back the keys of all of them.
      lost.clear();
      throw new SinkDriftedException(
          "lease %x of the sink ended too early, and its keys were deleted".formatted(id));
    }
  }

  /** One that may have been over was perhaps granted anew since, late and without its keys. */
  private static SinkShadow alive(
      @Nullable SinkShadow known, long seconds, long now, long answered) {
    long since = known == null || known.isOver(answered) ? now : known.sinceNanos();
    return new SinkShadow(seconds, now, since);
  }

  /** Keeps the shadows alive that are there, without looking what is on them. For any thread. */
  void keepAlive(SinkKeepAlives beside) throws IOException, InterruptedException {
    long now = System.nanoTime();
    List<Long> due = new ArrayList<>();
    shadows.forEach((id, shadow) -> {
      if (shadow.isDue(now)) {
        due.add(id);
      }
    });
    Map<Long, Long> left = beside.renew(due);
    long answered = System.nanoTime();
    left.forEach((id, seconds) ->
        shadows.computeIfPresent(
            id,
            (same, known) ->
                seconds == 0 ? ended(id, known) : alive(known, seconds, now, answered)));
  }

  /**
   * A transaction says that one of these is gone; they are granted anew.
   *
   * @throws SinkDriftedException as {@link #provide} does
   */
  public void provideAgain(Collection<SinkLease> wanted) throws IOException, InterruptedException {
    List<Long> known = wanted.stream().map(SinkLease::id).filter(shadows::containsKey).toList();
    List<LeaseTimeToLiveResponse> found = SinkCalls.each(known, IN_FLIGHT, this::keysOn);
    for (int i = 0; i < known.size(); i++) {
      long id = known.get(i);
      if (found.get(i).getTTL() < 0) {
        shadows.computeIfPresent(id, (same, shadow) -> ended(id, shadow));
      }
    }
    wanted.forEach(lease -> shadows.remove(lease.id()));
    provide(wanted);
  }

  /**
   * Keeps shadows alive.
   *
   * @param refreshed the source's leases, and the keys that must be on their shadows
   * @throws SinkDriftedException if a shadow or a key has expired in the meantime
   */
  public void refresh(Map<Lease, Set<Bytes>> refreshed) throws IOException, InterruptedException {
    tidy(System.nanoTime());
    Map<Long, Long> left = renew(refreshed.keySet().stream().map(ids::shadow).toList());
    List<Map.Entry<Lease, Set<Bytes>>> unproven = new ArrayList<>();
    long now = System.nanoTime();
    for (Map.Entry<Lease, Set<Bytes>> lease : refreshed.entrySet()) {
      long id = ids.shadow(lease.getKey());
      SinkShadow shadow = shadows.get(id);
      if (shadow == null || left.getOrDefault(id, 0L) == 0) {
        lost.clear();
        throw drifted(
            lease.getValue().iterator().next(), lease.getKey(), "the lease no longer exists");
      }
      if (shadow.isUnproven(now)) {
        unproven.add(lease);
      }
    }
    refuseLost();
    List<LeaseTimeToLiveResponse> found =
        SinkCalls.each(unproven, IN_FLIGHT, lease -> keysOn(ids.shadow(lease.getKey())));
    for (int i = 0; i < unproven.size(); i++) {
      prove(unproven.get(i).getKey(), unproven.get(i).getValue(), found.get(i));
    }
  }

  private CompletableFuture<LeaseTimeToLiveResponse> keysOn(long lease) {
    return client.send(
        LeaseGrpc.getLeaseTimeToLiveMethod(),
        LeaseTimeToLiveRequest.newBuilder().setID(lease).setKeys(true).build());
  }

  private void prove(Lease lease, Set<Bytes> expected, LeaseTimeToLiveResponse found)
      throws SinkDriftedException {
    Set<Bytes> held = new HashSet<>();
    found.getKeysList().forEach(key -> held.add(Wire.bytes(key)));
    for (Bytes key : expected) {
      if (!held.contains(key)) {
        throw drifted(key, lease, "the key is not attached to it");
      }
    }
  }

  private SinkDriftedException drifted(Bytes key, Lease source, String how) {
    return new SinkDriftedException(
        "key '%s' is on lease %x of the source, but not on lease %x of the sink: %s"
            .formatted(key, source.id(), ids.shadow(source), how));
  }

  /** Forgets expired leases. */
  private void tidy(long now) {
    if (shadows.size() > tidyAt) {
      shadows.values().removeIf(shadow -> shadow.isOver(now));
      tidyAt = Math.max(FEW, 2 * shadows.size());
    }
  }
}
