package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.etcdmirror.v3.V3SinkServer.apply;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.put;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.testkit.junit.OnEachEtcd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/** Leases of a sink that end, or are about to, while time passes. */
@Tag("long")
@Timeout(300)
@EtcdTest(v2 = false)
final class V3SinkLeaseEndTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final String PREFIX = "/ends/";

  private static MirrorEvent.Put leased(String key, Lease lease) {
    return put(PREFIX + key, "v").withExpiry(Expiry.in(lease.ttl()), lease);
  }

  private static MirrorEvent.Refresh refresh(String key, Lease lease) {
    Expiry expiresAt = Expiry.in(lease.ttl());
    return new MirrorEvent.Refresh(Bytes.utf8(PREFIX + key), 8, expiresAt, lease);
  }

  @OnEachEtcd
  @Execution(CONCURRENT)
  void keyGoesUnlessItIsRefreshed(EtcdServer etcd) throws Exception {
    Lease brief = new Lease(11, Duration.ofSeconds(5));
    Lease kept = new Lease(12, HOUR);
    try (V3SinkServer server = V3SinkServer.at(etcd);
        V3Sink sink = server.sink("ends").build()) {
      apply(sink, batch(leased("brief", brief), leased("kept", kept)));
      long shadow = server.get(PREFIX + "kept").getLease();
      await().atMost(PATIENCE).until(() -> server.count(PREFIX) == 1);
      // By now a part of the hour has passed, and a refresh gives it back.
      long low = HOUR.toSeconds() - 2;
      await().atMost(PATIENCE).until(() -> server.timeToLive(shadow) <= low);
      await()
          .atMost(PATIENCE)
          .until(() -> {
            apply(sink, batch(refresh("kept", kept)));
            return server.timeToLive(shadow) > low;
          });
      assertThat(server.get(PREFIX + "kept").getVersion()).isEqualTo(1);
    }
  }

  @OnEachEtcd
  @Execution(CONCURRENT)
  void putOnAnAgedRevokedLeaseFindsItLost(EtcdServer etcd) throws Exception {
    // Longer than etcd's minimum, and half of it is soon over.
    Lease lease = new Lease(79, Duration.ofSeconds(20));
    try (V3SinkServer server = V3SinkServer.at(etcd);
        V3Sink sink = server.sink("ends").build()) {
      apply(sink, batch(leased("a", lease), leased("b", lease)));
      long shadow = server.get(PREFIX + "a").getLease();
      await().atMost(PATIENCE).until(() -> server.timeToLive(shadow) < 9);
      server.revoke(shadow);
      assertThatThrownBy(() -> apply(sink, batch(leased("c", lease))))
          .isInstanceOf(SinkDriftedException.class);
    }
  }

  @OnEachEtcd
  @Execution(CONCURRENT)
  void putOnALeaseThatHasRunOutIsOrdinary(EtcdServer etcd) throws Exception {
    Lease lease = new Lease(80, Duration.ofSeconds(3));
    try (V3SinkServer server = V3SinkServer.at(etcd);
        V3Sink sink = server.sink("ends").build()) {
      apply(sink, batch(leased("a", lease)));
      await().atMost(PATIENCE).until(() -> server.count(PREFIX) == 0);
      apply(sink, batch(leased("b", lease)));
    }
  }

  @OnEachEtcd
  @Execution(CONCURRENT)
  void revocationDuringAComparisonIsFound(EtcdServer etcd) throws Exception {
    Lease lease = new Lease(81, Duration.ofSeconds(9));
    Lease other = new Lease(82, HOUR);
    try (V3SinkServer server = V3SinkServer.at(etcd);
        V3Sink sink = server.sink("ends").build()) {
      apply(sink, batch(leased("a", lease), leased("b", lease)));
      Selection all = new Selection(List.of(Bytes.utf8(PREFIX)), true);
      try (Snapshot comparison = sink.snapshot(all)) {
        assertThat(comparison.head().index()).isPositive();
        server.revoke(server.get(PREFIX + "a").getLease());
        // A put on another lease is told of it once the keeper has looked.
        await()
            .atMost(PATIENCE)
            .until(() -> catchThrowable(() -> apply(sink, batch(leased("c", other)))) != null);
      }
      apply(sink, batch(leased("a", lease), leased("b", lease), leased("c", other)));
    }
  }
}
