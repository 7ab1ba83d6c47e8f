package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.v3.V3SinkServer.apply;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.delete;
import static org.etcdmirror.v3.V3SinkServer.put;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("long")
@Timeout(300)
final class V3SinkLeaseTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Map<EtcdBinary, V3SinkServer> SERVERS = new HashMap<>();
  private static final AtomicInteger LINKS = new AtomicInteger();

  private final String link = "lease" + LINKS.incrementAndGet();
  private final String prefix = "/" + link + "/";

  private static Stream<EtcdBinary> etcds() {
    return EtcdBinary.all().stream();
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(V3SinkServer::close);
    SERVERS.clear();
  }

  private static V3SinkServer server(EtcdBinary binary) {
    return SERVERS.computeIfAbsent(binary, V3SinkServer::start);
  }

  private MirrorEvent.Put leased(String key, Lease lease) {
    return put(prefix + key, "v").withExpiry(Expiry.in(lease.ttl()), lease);
  }

  private MirrorEvent.Refresh refresh(String key, Lease lease) {
    Expiry expiresAt = Expiry.in(lease.ttl());
    return new MirrorEvent.Refresh(Bytes.utf8(prefix + key), 8, expiresAt, lease);
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void keysOfOneSourceLeaseShareOneSinkLeaseEvenAfterRestart(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    Lease one = new Lease(4711, HOUR);
    Lease other = new Lease(-42, HOUR);
    int before = server.leases().size();
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(leased("a", one), leased("b", one), leased("c", other)));
      apply(sink, batch(leased("d", one)), new Checkpoint(1_000, null, null, Instant.now()));
    }
    try (V3Sink restarted = server.sink(link).build()) {
      apply(restarted, batch(leased("a", one), leased("e", one)));
      apply(restarted, batch(refresh("d", one), refresh("e", one), refresh("c", other)));
    }
    long shadow = server.get(prefix + "a").getLease();
    for (String key : List.of("b", "d", "e")) {
      assertThat(server.get(prefix + key).getLease()).as(key).isEqualTo(shadow);
    }
    assertThat(server.get(prefix + "c").getLease()).isNotEqualTo(shadow);
    assertThat(server.leases()).hasSize(before + 2).doesNotContain(4711L, -42L);
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void reusedSourceLeaseIdGetsSeparateSinkLease(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    Lease brief = new Lease(21, Duration.ofMinutes(5));
    Lease longer = new Lease(21, HOUR);
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(leased("a", brief), leased("b", brief)));
      long shadow = server.get(prefix + "a").getLease();
      apply(sink, batch(delete(prefix + "a"), leased("c", longer), leased("d", longer)));
      long another = server.get(prefix + "c").getLease();
      assertThat(server.keys(prefix)).containsExactly(prefix + "b", prefix + "c", prefix + "d");
      assertThat(server.get(prefix + "d").getLease()).isEqualTo(another);
      assertThat(server.timeToLive(shadow)).isBetween(1L, Duration.ofMinutes(5).toSeconds());
      assertThat(server.timeToLive(another)).isGreaterThan(HOUR.dividedBy(2).toSeconds());

      // The earlier lease again, and then the later one.
      apply(sink, batch(leased("c", brief)));
      apply(sink, batch(leased("c", longer)));
      assertThat(server.get(prefix + "c").getLease()).isEqualTo(another);
      assertThat(contents(sink, true).stream().map(MirrorEvent.Put::lease))
          .containsExactly(brief, longer, longer);
    }
    try (V3Sink restarted = server.sink(link).build()) {
      apply(restarted, batch(refresh("b", brief), refresh("c", longer), refresh("d", longer)));
    }
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void refreshOfLostLeaseReportsDrift(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    Lease lease = new Lease(0xabcd, HOUR);
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(leased("a", lease), leased("b", lease)));
      server.revoke(server.get(prefix + "a").getLease());
      assertThatThrownBy(() -> apply(sink, batch(refresh("a", lease))))
          .isInstanceOf(SinkDriftedException.class)
          .hasMessageContaining(prefix + "a")
          .hasMessageContaining("lease abcd of the source")
          .hasMessageMatching(".*");
      // What a resync does.
      apply(sink, batch(leased("a", lease), leased("b", lease)));
      apply(sink, batch(refresh("a", lease), refresh("b", lease)));
      assertThat(server.keys(prefix)).containsExactly(prefix + "a", prefix + "b");
    }
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void refreshReportsDriftEvenIfNewKeyRecreatedLease(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    Lease lease = new Lease(77, HOUR);
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(leased("old", lease)));
      server.revoke(server.get(prefix + "old").getLease());
    }
    try (V3Sink restarted = server.sink(link).build()) {
      apply(restarted, batch(leased("new", lease)));
      apply(restarted, batch(refresh("new", lease)));
      assertThatThrownBy(
              () -> apply(restarted, batch(refresh("old", lease), refresh("new", lease))))
          .isInstanceOf(SinkDriftedException.class)
          .hasMessageContaining(prefix + "old");
    }
    try (V3Sink restarted = server.sink(link).build()) {
      assertThatThrownBy(() -> apply(restarted, batch(refresh("old", lease))))
          .isInstanceOf(SinkDriftedException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void putOnRevokedLeaseReportsDrift(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    Lease lease = new Lease(78, HOUR);
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(leased("a", lease), leased("b", lease)));
      long shadow = server.get(prefix + "a").getLease();
      server.revoke(shadow);
      assertThatThrownBy(() -> apply(sink, batch(leased("a", lease))))
          .isInstanceOf(SinkDriftedException.class)
          .hasMessageContaining("lease %x of the sink ended too early".formatted(shadow))
          .hasMessageMatching(".*");
      assertThat(server.count(prefix)).isZero();
      // What a resync does.
      apply(sink, batch(leased("a", lease), leased("b", lease)));
      assertThat(server.keys(prefix)).containsExactly(prefix + "a", prefix + "b");
    }
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void keyDetachedFromItsLeaseStays(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    Lease lease = new Lease(99, HOUR);
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(leased("a", lease), leased("b", lease)));
      long shadow = server.get(prefix + "a").getLease();
      apply(sink, batch(put(prefix + "a", "v2"), delete(prefix + "b")));
      server.revoke(shadow);
      assertThat(server.value(prefix + "a")).isEqualTo("v2");
      assertThat(server.count(prefix)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void expiringKeyWithoutLeaseGetsOneLeaseEvenIfReapplied(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    int before = server.leases().size();
    Expiry expiresAt = Expiry.in(HOUR);
    MirrorEvent a = put(prefix + "a", "v").withExpiry(expiresAt, null);
    MirrorEvent b = put(prefix + "b", "v").withExpiry(expiresAt, null);
    for (int i = 0; i < 3; i++) {
      try (V3Sink sink = server.sink(link).build()) {
        apply(sink, batch(a, b));
        apply(sink, batch(a, b), new Checkpoint(1_000, null, null, Instant.now()));
      }
    }
    assertThat(server.leases()).hasSize(before + 2);
    long lease = server.get(prefix + "a").getLease();
    assertThat(server.get(prefix + "b").getLease()).isNotEqualTo(lease);
    assertThat(server.timeToLive(lease)).isBetween(1L, HOUR.toSeconds() + 2);
    server.revoke(lease);
    assertThat(server.keys(prefix)).containsExactly(prefix + "b");
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void refreshWithoutLeaseMovesKeyButCreatesNoMissingKey(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    Expiry first = Expiry.in(HOUR);
    Expiry later = Expiry.in(HOUR.plus(HOUR));
    List<MirrorEvent> puts = new ArrayList<>();
    List<MirrorEvent> refreshes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      MirrorEvent.Put put = put(prefix + "k" + i, "v" + i).withExpiry(first, null);
      puts.add(put);
      refreshes.add(new MirrorEvent.Refresh(put.key(), 8, later, null));
    }
    refreshes.add(new MirrorEvent.Refresh(Bytes.utf8(prefix + "missing"), 8, later, null));
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(puts));
      long lease = server.get(prefix + "k3").getLease();
      apply(sink, batch(refreshes), new Checkpoint(1_000, null, null, Instant.now()));
      server.revoke(lease);
      apply(sink, batch(refreshes));
      assertThat(server.value(prefix + "k3")).isEqualTo("v3");
      assertThat(server.timeToLive(server.get(prefix + "k3").getLease()))
          .isGreaterThan(HOUR.toSeconds() + 5);
      assertThat(server.count(prefix)).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void snapshotReportsExpiriesAndSourceLeases(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    List<MirrorEvent> events = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      events.add(leased("k%03d".formatted(i), new Lease(1_000 + i / 2, HOUR)));
    }
    events.add(put(prefix + "own", "v").withExpiry(Expiry.in(HOUR), null));
    events.add(put(prefix + "plain", "v"));
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(events));
      List<MirrorEvent.Put> found = contents(sink, true);
      assertThat(found).hasSize(302);
      for (int i = 0; i < 300; i++) {
        assertThat(found.get(i).lease()).isEqualTo(new Lease(1_000 + i / 2, HOUR));
        assertThat(requireNonNull(found.get(i).expiresAt()).left()).isPositive();
      }
      assertThat(requireNonNull(found.get(300).expiresAt()).left()).isPositive();
      assertThat(found.get(301).expiresAt()).isNull();
      List<MirrorEvent.Put> untold = contents(sink, false);
      assertThat(untold.subList(0, 301)).allMatch(put -> Expiry.UNTOLD.equals(put.expiresAt()));
      assertThat(untold.get(301).expiresAt()).isNull();
    }
  }

  private List<MirrorEvent.Put> contents(V3Sink sink, boolean expiries) throws Exception {
    List<MirrorEvent.Put> found = new ArrayList<>();
    try (Snapshot snapshot = sink.snapshot(new Selection(List.of(Bytes.utf8(prefix)), expiries))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        found.add((MirrorEvent.Put) entry);
      }
    }
    return found;
  }

  @ParameterizedTest
  @MethodSource("etcds")
  void leaseIsKeptAliveAfterServerRestart(EtcdBinary binary) throws Exception {
    V3SinkServer server = server(binary);
    Lease lease = new Lease(5, HOUR);
    try (V3Sink sink = server.sink(link).build()) {
      apply(sink, batch(leased("a", lease)));
      apply(sink, batch(refresh("a", lease)));
      server.etcd.restart();
      apply(sink, batch(refresh("a", lease)));
      assertThat(server.count(prefix)).isEqualTo(1);
    }
  }
}
