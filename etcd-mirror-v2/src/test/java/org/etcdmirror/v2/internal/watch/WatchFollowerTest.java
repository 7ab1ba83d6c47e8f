package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.Mirroring;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs hand-overs step by step with real watches and some injected events. */
@Timeout(600)
@EtcdTest
class WatchFollowerTest {

  private final EtcdServer etcd;
  private V2Http http;
  private V2Client client;
  private Outbox outbox;
  private WatchOpener opener;
  private WatchFollower follower;

  WatchFollowerTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void begin() throws Exception {
    http = new V2Http(etcd.clientUrl());
    http.put("/conf/a", "0");
    client = V2Client.connect(List.of(etcd.clientUrl().toString()));
    Credit credit = new Credit(1 << 20);
    outbox = new Outbox(credit);
    String cluster = client.get("/conf", "").clusterId();
    Delivery delivery =
        new Delivery(credit, outbox, new EventTranslator("/conf", List.of("/conf")), null);
    opener = new WatchOpener(client, "/conf", cluster, credit, delivery);
    follower =
        new WatchFollower(opener, credit, outbox, delivery, new HistoryReader(client, "/conf"));
    follower.begin(Start.now());
  }

  @AfterEach
  void close() {
    follower.close();
    client.close();
  }

  private void says(WatchLink link, long index) throws IOException {
    opener.mailbox().add(new WatchSignal.Line(link, event(index), 0));
  }

  private static V2Event event(long index) throws IOException {
    String json =
        "{\"action\":\"set\",\"node\":{\"key\":\"/conf/said\",\"value\":\"1\",\"modifiedIndex\":%d,\"createdIndex\":1}}";
    return V2Json.event(json.formatted(index), 0);
  }

  private List<MirrorEvent> polled() throws Exception {
    EventBatch batch = outbox.poll(Duration.ZERO);
    return new ArrayList<>(batch.events());
  }

  private WatchLink first() {
    return follower.feeding().link();
  }

  /** Steps until the index of a foreign event is confirmed; returns it. */
  private long quietIndex() throws Exception {
    long index = http.put("/other", "x").etcdIndex();
    while (outbox.poll(Duration.ZERO).index() < index) {
      follower.step();
    }
    return index;
  }

  @Test
  void indexOfQuietTreeMovesAndWatchIsKept() throws Exception {
    WatchLink link = first();
    quietIndex();
    quietIndex();
    assertThat(first()).isSameAs(link);
    assertThat(link.isClosed()).isFalse();
  }

  @Test
  void lateEventOfCurrentWatchDisprovesConfirmedIndex() throws Exception {
    long index = quietIndex();
    says(first(), index);
    assertThatThrownBy(follower::step)
        .isInstanceOfSatisfying(
            IndexDisprovedException.class,
            disproved -> {
              assertThat(disproved.missed()).isEqualTo(index);
              assertThat(disproved.current()).isGreaterThanOrEqualTo(index);
            })
        .hasMessageContaining("/conf/said");
  }

  @Test
  void lateEventOfAbandonedWatchDisprovesConfirmedIndex() throws Exception {
    long index = quietIndex();
    WatchLink stranger = opener.beginFromNowAt(client.endpoint(0));
    says(stranger, index);
    assertThatThrownBy(follower::step).isInstanceOf(IndexDisprovedException.class);
    stranger.close();
  }

  @Test
  void repeatedEventDoesNotDisproveIndex() throws Exception {
    long index = http.put("/conf/a", "1").etcdIndex();
    List<MirrorEvent> events = new ArrayList<>();
    while (events.isEmpty()) {
      follower.step();
      events.addAll(polled());
    }
    quietIndex();
    says(first(), index);
    follower.step();
    assertThat(polled()).isEmpty();
  }

  /** Otherwise a stream that is opened after such an end would continue from a wrong index. */
  @Test
  void queuedLateEventDisprovesIndexWhenStreamBreaks() throws Exception {
    long index = quietIndex();
    WatchLink feeding = first();
    etcd.kill();
    opener.mailbox().add(new WatchSignal.Ended(feeding, new IOException("cut")));
    says(feeding, index);
    follower.run();
    assertThatThrownBy(() -> drain(outbox)).isInstanceOf(IndexDisprovedException.class);
  }

  private static void drain(Outbox outbox) throws Exception {
    for (int i = 0; i < 100; i++) {
      outbox.poll(Duration.ZERO);
    }
  }

  @Test
  void endedWatchIsReplacedAndMissedEventsAreRead() throws Exception {
    WatchLink old = first();
    old.close();
    long missed = http.put("/conf/a", "1").etcdIndex();
    opener.mailbox().add(new WatchSignal.Ended(old, new IOException("cut")));
    List<MirrorEvent> events = new ArrayList<>();
    while (events.isEmpty()) {
      follower.step();
      events.addAll(polled());
    }
    assertThat(events).containsExactly(Mirroring.put("/conf/a", "1", missed));
    assertThat(first()).isNotSameAs(old);
  }
}
