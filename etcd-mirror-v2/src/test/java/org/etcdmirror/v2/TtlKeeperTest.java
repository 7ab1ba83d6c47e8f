package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.EtcdServer;
import org.etcdmirror.testkit.V2Http;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is read again for its time to live never stands against what was said since. */
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
    Instant expiresAt = Instant.now().plusSeconds(secondsLeft);
    return new Put(KEY, Bytes.utf8(value), index, expiresAt);
  }

  private List<MirrorEvent> emittedThrough(long index) throws Exception {
    keeper.release(index);
    return outbox.poll(Duration.ZERO).events();
  }

  @Test
  void aProlongedKeyIsToldInItsPlace() throws Exception {
    keeper.see(put("v", 5, 10));
    keeper.take(new TtlKeeper.Reading(KEY, put("v", 8, 60), 9));
    assertThat(emittedThrough(8)).isEmpty();
    assertThat(emittedThrough(12)).extracting(MirrorEvent::index).containsExactly(12L);
  }

  @Test
  void whatWasReadBeforeANewerEventIsNotToldAfterIt() throws Exception {
    keeper.see(put("old", 5, 10));
    keeper.see(put("new", 10, 60));
    keeper.take(new TtlKeeper.Reading(KEY, put("old", 5, 10), 9));
    assertThat(emittedThrough(20)).isEmpty();
  }

  @Test
  void aKeyThatWasGoneWhenReadAndIsBackIsStillLookedAfter() throws Exception {
    keeper.see(put("old", 5, 10));
    keeper.see(put("again", 10, 10));
    keeper.take(new TtlKeeper.Reading(KEY, null, 9));
    keeper.take(new TtlKeeper.Reading(KEY, put("again", 12, 60), 12));
    assertThat(emittedThrough(20)).hasSize(1);
  }

  @Test
  void aKeyThatIsReadAsGoneIsNotToldAsProlonged() throws Exception {
    keeper.see(put("v", 5, 10));
    keeper.take(new TtlKeeper.Reading(KEY, put("v", 8, 60), 9));
    keeper.take(new TtlKeeper.Reading(KEY, null, 10));
    assertThat(emittedThrough(20)).isEmpty();
  }

  /** A whole tree is read first, which may take seconds in which leases come and go. */
  @Test
  void leasesThatComeAndGoWhileTheTreeIsReadAreFollowedAsTheyAre() throws Exception {
    try (EtcdServer etcd = EtcdServer.start();
        MeddlingProxy proxy = new MeddlingProxy(etcd.clientUrl());
        V2Source source = V2Source.builder().endpoints(proxy.url()).build()) {
      V2Http http = new V2Http(etcd.clientUrl());
      http.put("/conf/goes", Map.of("value", "v", "ttl", "90"));
      proxy.afterTreeRead(
          () -> {
            http.delete("/conf/goes", "");
            http.put("/conf/comes", Map.of("value", "v", "ttl", "15"));
          });
      try (EventStream stream = source.open(CONF, Start.now())) {
        http.put("/conf/comes", Map.of("refresh", "true", "ttl", "90", "prevExist", "true"));
        List<MirrorEvent> events = new ArrayList<>();
        while (events.stream().noneMatch(TtlKeeperTest::isProlonged)) {
          // A key is told of as prolonged when the index moves on.
          http.put("/other", "v");
          events.addAll(stream.poll(Duration.ofSeconds(1)).events());
        }
        assertThat(events)
            .filteredOn(event -> event.key().equals(Bytes.utf8("/conf/goes")))
            .noneMatch(Put.class::isInstance);
      }
    }
  }

  private static boolean isProlonged(MirrorEvent event) {
    return event instanceof Put put
        && put.key().equals(Bytes.utf8("/conf/comes"))
        && put.expiresAt() != null
        && put.expiresAt().isAfter(Instant.now().plusSeconds(30));
  }
}
