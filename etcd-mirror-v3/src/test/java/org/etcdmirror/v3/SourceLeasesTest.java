package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.read.LeaseTimes;
import org.etcdmirror.v3.internal.read.LeaseTimes.Ending;
import org.etcdmirror.v3.internal.watch.LeaseWatch;
import org.etcdmirror.v3.rpc.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the source reports about leases when expiries are requested. */
@Timeout(180)
@EtcdTest(v2 = false)
class SourceLeasesTest {

  private static final Bytes A = Bytes.utf8("/a");
  private static final Bytes B = Bytes.utf8("/b");
  private static final Selection ALL = new Selection(List.of(Bytes.utf8("/")), true);

  private final EtcdServer etcd;
  private SourceLeases leases;
  private V3Source source;

  SourceLeasesTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    leases = new SourceLeases(etcd.clientUrl().toString());
    source = V3Source.builder().endpoints(etcd.clientUrl().toString()).build();
  }

  @AfterEach
  void stop() {
    source.close();
    leases.close();
  }

  private List<MirrorEvent.Entry> snapshot(Selection selection) throws Exception {
    List<MirrorEvent.Entry> entries = new ArrayList<>();
    try (Snapshot snapshot = source.snapshot(selection)) {
      for (MirrorEvent.Entry next = snapshot.next(); next != null; next = snapshot.next()) {
        entries.add(next);
      }
    }
    return entries;
  }

  @Test
  void snapshotReportsExpiryAndLeaseOfEachKey() throws Exception {
    leases.grant(-42, 1000);
    leases.put("/a", "1", -42);
    leases.put("/b", "2", -42);
    leases.put("/c", "3", 0);
    List<MirrorEvent.Entry> entries = snapshot(ALL);
    assertThat(entries).hasSize(3);
    Put first = (Put) entries.get(0);
    assertThat(first.lease()).isEqualTo(new Lease(-42, Duration.ofSeconds(1000)));
    assertThat(requireNonNull(first.expiresAt()).left())
        .isBetween(Duration.ofSeconds(500), Duration.ofSeconds(1001));
    assertThat(((Put) entries.get(1)).lease()).isEqualTo(first.lease());
    assertThat(entries.get(1).expiresAt()).isEqualTo(first.expiresAt());
    assertThat(entries.get(2).expiresAt()).isNull();

    assertThat(snapshot(Selection.of(Bytes.utf8("/"))))
        .extracting(MirrorEvent.Entry::expiresAt)
        .as("that keys expire, without time or lease")
        .containsExactly(Expiry.UNTOLD, Expiry.UNTOLD, null);
  }

  /** Reads events from a stream until one of this kind arrives for this key. */
  private static <T extends MirrorEvent> List<MirrorEvent> until(
      EventStream stream, Class<T> kind, Bytes key) throws Exception {
    List<MirrorEvent> events = new ArrayList<>();
    while (events.stream().noneMatch(event -> kind.isInstance(event) && event.key().equals(key))) {
      events.addAll(stream.poll(PATIENCE).events());
    }
    return events;
  }

  @Test
  void reusedLeaseIdIsQueriedAgain() throws Exception {
    try (EventStream stream = source.open(ALL, Start.now())) {
      leases.grant(9, 300);
      leases.put("/a", "1", 9);
      until(stream, Put.class, A);
      leases.revoke(9);
      until(stream, MirrorEvent.Delete.class, A);
      leases.grant(9, 3000);
      leases.put("/b", "2", 9);
      assertThat(until(stream, Put.class, B))
          .filteredOn(event -> event.key().equals(B))
          .extracting(event -> ((Put) event).lease())
          .containsExactly(new Lease(9, Duration.ofSeconds(3000)));
    }
  }

  @Test
  void leaseExpiryDeliversDeletesOfItsKeys() throws Exception {
    try (EventStream stream = source.open(ALL, Start.now())) {
      Lease lease = new Lease(leases.grant(7, 10), Duration.ofSeconds(10));
      leases.put("/a", "1", 7);
      leases.put("/b", "2", 7);
      List<MirrorEvent> events = until(stream, Put.class, B);
      assertThat(events)
          .filteredOn(Put.class::isInstance)
          .extracting(event -> ((Put) event).lease())
          .containsExactly(lease, lease);
      assertThat(until(stream, Delete.class, B))
          .filteredOn(Delete.class::isInstance)
          .extracting(MirrorEvent::key)
          .containsExactly(A, B);
    }
  }

  @Test
  void keepAliveRefreshesOnlyKeysStillAttachedToLease() throws Exception {
    leases.grant(7, 30);
    leases.put("/a", "1", 7);
    long known = leases.put("/b", "2", 7);
    try (EventStream stream = source.open(ALL, Start.after(known))) {
      // What happened to the lease before this stream is not known.
      List<MirrorEvent> first = until(stream, Refresh.class, B);
      assertThat(first).extracting(MirrorEvent::key).containsExactlyInAnyOrder(A, B);
      Refresh before = (Refresh) first.get(0);
      assertThat(before.index()).isEqualTo(known);
      assertThat(before.lease()).isEqualTo(new Lease(7, Duration.ofSeconds(30)));

      long detached = leases.put("/a", "3", 0);
      Put plain = (Put) until(stream, Put.class, A).get(0);
      assertThat(plain.expiresAt()).isNull();
      List<MirrorEvent> later = new ArrayList<>();
      while (later.isEmpty()) {
        leases.keepAlive(7);
        EventBatch batch = stream.poll(Duration.ofSeconds(1));
        assertThat(batch.index()).isEqualTo(detached);
        later.addAll(batch.events());
      }
      assertThat(later).extracting(MirrorEvent::key).containsExactly(B);
      Refresh refresh = (Refresh) later.get(0);
      assertThat(refresh.index()).isEqualTo(detached);
      assertThat(refresh.lease()).isEqualTo(before.lease());
      assertThat(refresh.expiresAt().since(before.expiresAt()))
          .isGreaterThan(Duration.ofSeconds(1));
    }
  }

  /** One that was told may not have reached the sink. */
  @Test
  void refreshIsRepeatedAlsoIfNoClientKeepsTheLeaseAlive() throws Exception {
    leases.grant(7, 30);
    long known = leases.put("/a", "1", 7);
    try (EventStream stream = source.open(ALL, Start.after(known))) {
      Refresh first = (Refresh) until(stream, Refresh.class, A).get(0);
      Refresh second = (Refresh) until(stream, Refresh.class, A).get(0);
      assertThat(second.lease()).isEqualTo(first.lease());
      assertThat(second.index()).isEqualTo(known);
      assertThat(second.expiresAt().since(first.expiresAt()).abs())
          .isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void refreshesDoNotPileUpWhenKeepAlivesOutpaceReader() throws Exception {
    try (V3Client client =
        V3Client.connect(List.of(etcd.clientUrl().toString()), Access.ANONYMOUS)) {
      LeaseTimes times = new LeaseTimes(client);
      LeaseWatch watch = new LeaseWatch(times, () -> {});
      Lease lease = new Lease(leases.grant(7, 15), Duration.ofSeconds(15));
      long now = System.nanoTime();
      for (int i = 0; i < 2_500; i++) {
        watch.see(Bytes.utf8("/" + i), new Ending(lease, new Expiry(now), false, now));
      }
      for (int renewed = 0; renewed < 3; renewed++) {
        await().atMost(PATIENCE).until(() -> watch.nanosUntilDue() == 0);
        leases.keepAlive(7);
        watch.tick();
        await()
            .atMost(PATIENCE)
            .until(() -> {
              watch.tick();
              return watch.nanosUntilDue() != Long.MAX_VALUE;
            });
      }
      List<Refresh> all = new ArrayList<>();
      while (watch.hasRefreshes()) {
        assertThat(watch.refreshes(1)).hasSizeLessThanOrEqualTo(1000).satisfies(all::addAll);
      }
      // The refreshes that were pending at the next keep-alive, and all of them once more.
      assertThat(all).hasSize(2 * 2_500);
    }
  }

  @Test
  void unknownLeaseIsTreatedAsEnded() throws Exception {
    try (V3Client client =
        V3Client.connect(List.of(etcd.clientUrl().toString()), Access.ANONYMOUS)) {
      Map<Long, Ending> endings =
          new LeaseTimes(client).of(List.of(KeyValue.newBuilder().setLease(99).build()));
      Ending ending = requireNonNull(endings.get(99L));
      assertThat(ending.gone()).isTrue();
      assertThat(ending.lease()).isEqualTo(new Lease(99, Duration.ofSeconds(1)));
      assertThat(ending.expiresAt().left()).isLessThanOrEqualTo(Duration.ZERO);
    }
  }
}
