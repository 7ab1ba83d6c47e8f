package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.EtcdServer;
import org.etcdmirror.testkit.V2Http;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hand-overs step by step: the watches are real, some of what they say is put in by hand. */
@Timeout(600)
class WatchFollowerTest {

  private EtcdServer etcd;
  private V2Http http;
  private V2Client client;
  private Outbox outbox;
  private WatchOpener opener;
  private WatchFollower follower;

  @BeforeEach
  void begin() throws Exception {
    etcd = EtcdServer.start();
    http = new V2Http(etcd.clientUrl());
    http.put("/conf/a", "0");
    client = V2Client.connect(List.of(etcd.clientUrl().toString()));
    Credit credit = new Credit(1 << 20);
    outbox = new Outbox(credit);
    String cluster = client.get("/conf", "").clusterId();
    opener = new WatchOpener(client, "/conf", cluster, credit);
    Delivery delivery =
        new Delivery(credit, outbox, new EventTranslator("/conf", List.of("/conf")), null);
    follower =
        new WatchFollower(opener, credit, outbox, delivery, new HistoryReader(client, "/conf"));
    follower.begin(Start.now());
  }

  @AfterEach
  void close() {
    follower.close();
    client.close();
    etcd.close();
  }

  /** Steps until a new watch is on probation; a foreign event lies before its beginning. */
  private HandOverAttempt probation() throws Exception {
    http.put("/other", "x");
    HandOverAttempt attempt = follower.attempt();
    while (attempt == null || !attempt.standsAlone()) {
      follower.step();
      attempt = follower.attempt();
    }
    return attempt;
  }

  private void says(WatchLink link, long index) throws IOException {
    String json =
        "{\"action\":\"set\",\"node\":{\"key\":\"/conf/said\",\"value\":\"1\",\"modifiedIndex\":%d,\"createdIndex\":1}}";
    opener.mailbox().add(new WatchSignal.Line(link, V2Json.event(json.formatted(index), 0), 0));
  }

  private List<MirrorEvent> polled() throws Exception {
    EventBatch batch = outbox.poll(Duration.ZERO);
    return new ArrayList<>(batch.events());
  }

  @Test
  void whatTheNewWatchSaidBeforeItTookOverIsDelivered() throws Exception {
    HandOverAttempt attempt = probation();
    long index = attempt.link().headerIndex() + 1;
    says(attempt.link(), index);
    while (follower.attempt() == attempt) {
      follower.step();
    }
    assertThat(polled()).containsExactly(Mirroring.put("/conf/said", "1", index));
  }

  @Test
  void anEventThatComesAfterItsIndexWasConfirmedDisprovesTheIndex() throws Exception {
    HandOverAttempt attempt = probation();
    while (follower.attempt() == attempt) {
      follower.step();
    }
    says(attempt.link(), attempt.link().headerIndex());
    assertThatThrownBy(follower::step).isInstanceOf(HistoryClearedException.class);
  }

  @Test
  void aWatchThatTookOverInAHurryAndThenShowsHistoryIsReplaced() throws Exception {
    WatchLink old = first();
    HandOverAttempt attempt = probation();
    opener.mailbox().add(new WatchSignal.Ended(old, new IOException("cut")));
    says(attempt.link(), attempt.link().headerIndex());
    follower.step();
    assertThat(attempt.link().isClosed()).as("it is dead after an event of history").isTrue();
    long live = http.put("/conf/a", "1").etcdIndex();
    List<MirrorEvent> events = new ArrayList<>();
    while (events.size() < 2) {
      follower.step();
      events.addAll(polled());
    }
    assertThat(events)
        .containsExactly(
            Mirroring.put("/conf/said", "1", attempt.link().headerIndex()),
            Mirroring.put("/conf/a", "1", live));
  }

  private WatchLink first() {
    return follower.feeding().link();
  }
}
