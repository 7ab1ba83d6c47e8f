package org.etcdmirror.v2.internal.watch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.v2.MeddlingProxy;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v2.internal.client.V2Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A time to live that was read again never overrides a newer event. */
@Timeout(600)
class TtlKeeperTest {

  private static final Bytes KEY = Bytes.utf8("/conf/lease");
  private static final Selection CONF = new Selection(List.of(Bytes.utf8("/conf")), true);

  private final Outbox outbox = new Outbox(new Credit(1 << 20));
  private V2Client client;
  private TtlKeeper keeper;

  @BeforeEach
  void start() {
    client = V2Client.connect(List.of("http://127.0.0.1:1"));
    keeper = new TtlKeeper(client, CONF, outbox);
  }

  @AfterEach
  void stop() {
    client.close();
  }

  private static Put put(String value, long index, int secondsLeft) {
    Expiry expiresAt = Expiry.in(Duration.ofSeconds(secondsLeft));
    return new Put(KEY, Bytes.utf8(value), index, expiresAt);
  }

  private List<MirrorEvent> toldAt(long index) throws Exception {
    keeper.tell(index);
    return outbox.poll(Duration.ZERO).events();
  }

  private static TtlReads.Reading reading(Put put, long storeIndex) {
    return new TtlReads.Reading(KEY, put, 5, storeIndex);
  }

  private static TtlReads.Reading gone(long storeIndex) {
    return new TtlReads.Reading(KEY, null, Long.MAX_VALUE, storeIndex);
  }

  @Test
  void prolongedTtlIsDeliveredWithoutIndexProgress() throws Exception {
    keeper.see(put("v", 5, 10));
    outbox.begin(9);
    keeper.take(reading(put("v", 8, 60), 9));
    List<MirrorEvent> told = toldAt(9);
    assertThat(told).hasSize(1).first().isInstanceOf(Refresh.class);
    assertThat(told.get(0).index()).isEqualTo(9);
    assertThat(toldAt(10)).isEmpty();
  }

  @Test
  void prolongedTtlIsDeliveredWhenIndexIsReached() throws Exception {
    keeper.see(put("v", 5, 10));
    keeper.take(reading(put("v", 8, 60), 9));
    assertThat(toldAt(8)).isEmpty();
    assertThat(toldAt(12)).extracting(MirrorEvent::index).containsExactly(12L);
  }

  @Test
  void prolongedTtlIsDeliveredTwiceWhenIndexIsDelayed() throws Exception {
    keeper.see(put("v", 5, 10));
    keeper.take(reading(put("v", 8, 60), 9));
    await().atMost(PATIENCE).until(() -> toldAt(8), early -> early.size() == 1);
    assertThat(toldAt(8)).isEmpty();
    assertThat(toldAt(9)).extracting(MirrorEvent::index).containsExactly(9L);
  }

  @Test
  void ttlOfNewerKeyIsNotDeliveredBeforeItsEvent() throws Exception {
    keeper.see(put("v", 5, 10));
    keeper.take(new TtlReads.Reading(KEY, put("w", 9, 60), 9, 9));
    long since = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .failFast(() -> assertThat(toldAt(8)).isEmpty())
        .until(() -> System.nanoTime() - since > 2_000_000_000L);
    assertThat(toldAt(9)).hasSize(1);
  }

  @Test
  void repeatedSmallProlongationIsDelivered() throws Exception {
    keeper.see(put("v", 5, 2));
    long since = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              keeper.take(reading(put("v", 8, 2), 9));
              return toldAt(9);
            },
            told -> !told.isEmpty());
    assertThat(System.nanoTime() - since).isLessThan(2_000_000_000L);
  }

  @Test
  void fullOutboxDelaysRefreshAndNewestReadingIsDelivered() throws Exception {
    keeper.see(put("v", 5, 10));
    int filled = 0;
    while (outbox.hasRoom()) {
      outbox.add(new Put(Bytes.utf8("/conf/" + filled++), Bytes.EMPTY, 6, null), 0);
    }
    Put newest = put("v", 9, 600);
    keeper.take(reading(put("v", 8, 60), 9));
    keeper.tell(9);
    keeper.take(reading(newest, 9));
    keeper.tell(9);
    assertThat(outbox.poll(Duration.ZERO).events()).hasSize(filled);
    assertThat(toldAt(9))
        .singleElement()
        .isEqualTo(new Refresh(KEY, 9, requireNonNull(newest.expiresAt()), null));
  }

  @Test
  void readingOlderThanNewestEventIsDropped() throws Exception {
    keeper.see(put("old", 5, 10));
    keeper.see(put("new", 10, 60));
    keeper.take(reading(put("old", 5, 10), 9));
    assertThat(toldAt(20)).isEmpty();
  }

  @Test
  void recreatedKeyIsStillTrackedAfterReadingAsGone() throws Exception {
    keeper.see(put("old", 5, 10));
    keeper.see(put("again", 10, 10));
    keeper.take(gone(9));
    keeper.take(reading(put("again", 12, 60), 12));
    assertThat(toldAt(20)).hasSize(1);
  }

  @Test
  void keyReadAsGoneIsNotDeliveredAsProlonged() throws Exception {
    keeper.see(put("v", 5, 10));
    keeper.take(reading(put("v", 8, 60), 9));
    keeper.take(gone(10));
    assertThat(toldAt(20)).isEmpty();
  }

  /** The initial read of the tree may take seconds, in which leases are created and deleted. */
  @Test
  void leasesCreatedOrDeletedDuringTreeReadAreFollowed() throws Exception {
    try (EtcdServer etcd = EtcdServer.start();
        MeddlingProxy proxy = new MeddlingProxy(etcd.clientUrl());
        V2Source source = V2Source.builder().endpoints(proxy.url()).build()) {
      V2Http http = new V2Http(etcd.clientUrl());
      http.put("/conf/goes", Map.of("value", "v", "ttl", "90"));
      proxy.afterTreeRead(() -> {
        http.delete("/conf/goes", "");
        http.put("/conf/comes", Map.of("value", "v", "ttl", "15"));
      });
      try (EventStream stream = source.open(CONF, Start.now())) {
        http.put("/conf/comes", Map.of("refresh", "true", "ttl", "90", "prevExist", "true"));
        List<MirrorEvent> events = new ArrayList<>();
        while (events.stream().noneMatch(TtlKeeperTest::isProlonged)) {
          events.addAll(stream.poll(Duration.ofSeconds(1)).events());
        }
        assertThat(events)
            .filteredOn(event -> event.key().equals(Bytes.utf8("/conf/goes")))
            .noneMatch(Put.class::isInstance);
      }
    }
  }

  private static boolean isProlonged(MirrorEvent event) {
    return event instanceof Refresh refresh
        && refresh.key().equals(Bytes.utf8("/conf/comes"))
        && refresh.expiresAt().left().compareTo(Duration.ofSeconds(30)) > 0;
  }
}
