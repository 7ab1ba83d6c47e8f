package org.etcdmirror.v3;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.jspecify.annotations.Nullable;

/**
 * What the keys of the sink expire with. A lease of the source has a shadow here, on which all its
 * keys are. No shadow is ever revoked, as a revoke that is executed late would take newer keys with
 * it: one that no key is left on expires. Used by the engine's thread alone, but for {@link
 * #keepAlive(SinkKeepAlives)}.
 */
final class SinkLeases {

  private static final int IN_FLIGHT = 64;
  private static final int FEW = 1000;

  /**
   * A shadow that is there.
   *
   * @param sinceNanos when this process met it first: one that expired and was granted again since
   *     has lost keys, which shows when they are refreshed
   */
  private record Shadow(long seconds, long aliveNanos, long sinceNanos) {

    private static final int KEPT_FRESH = 2;
    private static final int KEPT_ALIVE = 3;

    boolean isOver(long now) {
      return now - aliveNanos >= TimeUnit.SECONDS.toNanos(seconds);
    }

    boolean isOld(long now) {
      return now - aliveNanos >= TimeUnit.SECONDS.toNanos(seconds) / KEPT_FRESH;
    }

    /** Whether it is to be kept alive by this process itself, unless it has ended. */
    boolean isDue(long now) {
      return !isOver(now) && now - aliveNanos >= TimeUnit.SECONDS.toNanos(seconds) / KEPT_ALIVE;
    }

    /** For as long as the source takes to tell of each of its keys. */
    boolean isUnproven(long now) {
      return now - sinceNanos <= TimeUnit.SECONDS.toNanos(seconds);
    }
  }

  private final V3Client client;
  private final SinkLeaseIds ids;
  private final SinkKeepAlives keepAlives;

  /** As many as live, and some more; the keeper's thread renews them. */
  private final Map<Long, Shadow> shadows = new ConcurrentHashMap<>();

  private int tidyAt = FEW;

  SinkLeases(V3Client client, SinkLeaseIds ids) {
    this.client = client;
    this.ids = ids;
    this.keepAlives = new SinkKeepAlives(client);
  }

  /** Sees to it that each of these is there. */
  void provide(Collection<SinkLease> wanted) throws IOException, InterruptedException {
    long now = System.nanoTime();
    tidy(now);
    List<SinkLease> unknown = new ArrayList<>();
    List<SinkLease> doubtful = new ArrayList<>();
    for (SinkLease lease : wanted) {
      Shadow shadow = shadows.get(lease.id());
      if (shadow == null || shadow.isOver(now)) {
        unknown.add(lease);
      } else if (shadow.isOld(now) && lease.isCoveredBy(shadow.seconds())) {
        doubtful.add(lease);
      }
    }
    doubtful.addAll(grant(unknown));
    List<SinkLease> gone = keepAlive(doubtful);
    if (!grant(gone).isEmpty()) {
      throw new IOException("leases of the sink come and go: " + gone);
    }
    awaitEndOfBrief(wanted);
  }

  /** Of those that existed already, the shadows: they may be at their end. */
  private List<SinkLease> grant(List<SinkLease> leases) throws IOException, InterruptedException {
    long now = System.nanoTime();
    List<Boolean> granted = SinkCalls.each(leases, IN_FLIGHT, this::grant);
    List<SinkLease> found = new ArrayList<>();
    for (int i = 0; i < leases.size(); i++) {
      SinkLease lease = leases.get(i);
      if (lease.shadow() && granted.get(i)) {
        shadows.put(lease.id(), new Shadow(lease.seconds(), now, now));
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
  private void awaitEndOfBrief(Collection<SinkLease> wanted) throws IOException {
    for (SinkLease lease : wanted) {
      Shadow shadow = shadows.get(lease.id());
      if (lease.shadow() && shadow != null && !lease.isCoveredBy(shadow.seconds())) {
        throw new IOException(
            "lease %x of the sink was granted %d seconds for a lease of the source that has %d now; it must expire first"
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
    left.forEach(
        (id, seconds) ->
            shadows.compute(
                id, (same, known) -> seconds == 0 ? null : alive(known, seconds, now, answered)));
    return left;
  }

  /** One that may have been over was perhaps granted anew since, late and without its keys. */
  private static Shadow alive(@Nullable Shadow known, long seconds, long now, long answered) {
    long since = known == null || known.isOver(answered) ? now : known.sinceNanos();
    return new Shadow(seconds, now, since);
  }

  /** Keeps the shadows alive that are there, without looking what is on them. For any thread. */
  void keepAlive(SinkKeepAlives beside) throws IOException, InterruptedException {
    long now = System.nanoTime();
    List<Long> due = new ArrayList<>();
    shadows.forEach(
        (id, shadow) -> {
          if (shadow.isDue(now)) {
            due.add(id);
          }
        });
    Map<Long, Long> left = beside.renew(due);
    long answered = System.nanoTime();
    left.forEach(
        (id, seconds) ->
            shadows.computeIfPresent(
                id, (same, known) -> seconds == 0 ? null : alive(known, seconds, now, answered)));
  }

  /** A transaction says that one of these is gone. */
  void forget(Collection<SinkLease> leases) {
    leases.forEach(lease -> shadows.remove(lease.id()));
  }

  /**
   * Keeps shadows alive.
   *
   * @param refreshed the source's leases, and the keys that must be on their shadows
   * @throws SinkDriftedException if a shadow or a key has expired in the meantime
   */
  void refresh(Map<Lease, Set<Bytes>> refreshed) throws IOException, InterruptedException {
    tidy(System.nanoTime());
    Map<Long, Long> left = renew(refreshed.keySet().stream().map(ids::shadow).toList());
    List<Map.Entry<Lease, Set<Bytes>>> unproven = new ArrayList<>();
    long now = System.nanoTime();
    for (Map.Entry<Lease, Set<Bytes>> lease : refreshed.entrySet()) {
      long id = ids.shadow(lease.getKey());
      Shadow shadow = shadows.get(id);
      if (shadow == null || left.getOrDefault(id, 0L) == 0) {
        throw drifted(lease.getValue().iterator().next(), lease.getKey(), "it is gone");
      }
      if (shadow.isUnproven(now)) {
        unproven.add(lease);
      }
    }
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
    found.getKeysList().forEach(key -> held.add(SinkKeys.bytes(key)));
    for (Bytes key : expected) {
      if (!held.contains(key)) {
        throw drifted(key, lease, "the key is not on it");
      }
    }
  }

  private SinkDriftedException drifted(Bytes key, Lease source, String how) {
    return new SinkDriftedException(
        "key '%s' is on lease %x of the source, but not on lease %x of the sink: %s"
            .formatted(key, source.id(), ids.shadow(source), how));
  }

  /** What has expired need not be remembered. */
  private void tidy(long now) {
    if (shadows.size() > tidyAt) {
      shadows.values().removeIf(shadow -> shadow.isOver(now));
      tidyAt = Math.max(FEW, 2 * shadows.size());
    }
  }
}
