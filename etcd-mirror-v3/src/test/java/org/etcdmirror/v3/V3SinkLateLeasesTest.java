package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.delete;
import static org.etcdmirror.v3.V3SinkServer.put;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.v3.LateProxy.Fate;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fence does not cover leases: lease requests that are executed late must do no harm. */
@Timeout(300)
final class V3SinkLateLeasesTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final AtomicInteger LINKS = new AtomicInteger();
  private static V3SinkServer server;

  private final String link = "late-lease" + LINKS.incrementAndGet();
  private final String prefix = "/" + link + "/";
  private LateProxy proxy;
  private V3Sink sink;

  @BeforeAll
  static void start() {
    server = V3SinkServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() {
    proxy = new LateProxy(server.etcd.clientUrl());
    sink = OpenedV3Sink.at(proxy.url(), link).build();
  }

  @AfterEach
  void close() {
    sink.close();
    proxy.close();
  }

  private MirrorEvent.Put leased(String key, Lease lease) {
    return put(prefix + key, "v").withExpiry(Expiry.in(lease.ttl()), lease);
  }

  private MirrorEvent.Refresh refresh(String key, Lease lease) {
    Expiry expiresAt = Expiry.in(lease.ttl());
    return new MirrorEvent.Refresh(Bytes.utf8(prefix + key), 8, expiresAt, lease);
  }

  private void nextGrants(Fate... fates) {
    Deque<Fate> next = new ArrayDeque<>(Arrays.asList(fates));
    proxy.rule(
        method -> method.equals(LateProxy.GRANT) && !next.isEmpty() ? next.remove() : Fate.PASSED);
  }

  private void fails(EventBatch batch) {
    assertThatThrownBy(() -> sink.apply(batch)).isInstanceOf(IOException.class);
  }

  @Test
  void sinkNeverRevokesLeasesWhenLeaseIdIsReused() throws Exception {
    for (Duration ttl : List.of(Duration.ofMinutes(5), HOUR, Duration.ofMinutes(2))) {
      Lease lease = new Lease(1, ttl);
      sink.apply(batch(leased("a", lease), leased("b", lease)));
      sink.apply(batch(refresh("a", lease)));
      sink.apply(batch(delete(prefix + "a"), delete(prefix + "b")));
    }
    assertThat(proxy.calls(LeaseGrpc.getLeaseRevokeMethod())).isZero();
  }

  @Test
  void leaseGrantWithLostAnswerCountsAsDone() throws Exception {
    Lease lease = new Lease(2, HOUR);
    nextGrants(Fate.ANSWER_LOST);
    fails(batch(leased("a", lease)));
    sink.apply(batch(leased("a", lease)));
    sink.apply(batch(refresh("a", lease)));
    assertThat(server.timeToLive(server.get(prefix + "a").getLease())).isGreaterThan(1_800);
  }

  @Test
  void lateGrantWithDifferentTimeToLiveIsSeparateLease() throws Exception {
    nextGrants(Fate.LATE);
    fails(batch(leased("a", new Lease(3, Duration.ofMinutes(5)))));
    proxy.release();
    Lease longer = new Lease(3, HOUR);
    sink.apply(batch(leased("a", longer)));
    sink.apply(batch(refresh("a", longer)));
    assertThat(server.timeToLive(server.get(prefix + "a").getLease())).isGreaterThan(1_800);
  }

  @Test
  void lateGrantOfShortLeaseIsLeftToExpire() throws Exception {
    nextGrants(Fate.LATE);
    fails(batch(leased("a", new Lease(4, Duration.ofSeconds(3)))));
    proxy.release();
    eventuallyApplies(batch(leased("a", new Lease(4, Duration.ofSeconds(60)))));
    assertThat(server.timeToLive(server.get(prefix + "a").getLease())).isGreaterThan(30);
  }

  private void eventuallyApplies(EventBatch batch) {
    await()
        .atMost(PATIENCE)
        .pollInSameThread()
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> {
          sink.apply(batch);
          return true;
        });
  }

  @Test
  void shortLeaseExpiresBeforeItsIdIsReusedForLongerOne() throws Exception {
    sink.apply(batch(leased("a", new Lease(7, Duration.ofSeconds(4)))));
    EventBatch longer =
        batch(delete(prefix + "a"), leased("b", new Lease(7, Duration.ofSeconds(60))));
    assertThatThrownBy(() -> sink.apply(longer))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("waiting for it to expire");
    sink.close();
    sink = OpenedV3Sink.at(proxy.url(), link).build();
    eventuallyApplies(longer);
    assertThat(server.keys(prefix)).containsExactly(prefix + "b");
    assertThat(server.timeToLive(server.get(prefix + "b").getLease())).isGreaterThan(30);
  }

  @Test
  void lateDuplicateGrantChangesNothing() throws Exception {
    Lease lease = new Lease(5, HOUR);
    nextGrants(Fate.LATE);
    fails(batch(leased("a", lease)));
    sink.apply(batch(leased("a", lease)));
    proxy.release();
    sink.apply(batch(refresh("a", lease)));
    assertThat(server.count(prefix)).isEqualTo(1);
  }

  @Test
  void lateGrantOfExpiredLeaseDoesNotHideLostKeys() throws Exception {
    Lease lease = new Lease(6, Duration.ofSeconds(3));
    nextGrants(Fate.LATE);
    fails(batch(leased("a", lease)));
    sink.apply(batch(leased("a", lease)));
    await().atMost(PATIENCE).until(() -> server.count(prefix) == 0);
    proxy.release();
    assertThatThrownBy(() -> sink.apply(batch(refresh("a", lease))))
        .isInstanceOf(SinkDriftedException.class)
        .hasMessageContaining(prefix + "a");
  }
}
