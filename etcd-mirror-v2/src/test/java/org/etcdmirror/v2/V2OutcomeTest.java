package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/** A sink reports which keys an unanswered write may have changed. */
@Timeout(600)
@EtcdTest
final class V2OutcomeTest {

  private static EtcdServer etcd;
  private FaultProxy proxy;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @BeforeEach
  void openProxy() {
    proxy = FaultProxy.to(etcd.clientUrl());
  }

  @AfterEach
  void closeProxy() {
    proxy.close();
  }

  private static V2Sink sink(URI... endpoints) {
    return OpenedV2Sink.of(
        V2Sink.of(Stream.of(endpoints).map(URI::toString).toArray(String[]::new)), "/t");
  }

  private static EventBatch batch(MirrorEvent... events) {
    return EventBatch.of(List.of(events), 1, 1);
  }

  private static Put put(String key, String value) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), 1, null);
  }

  private static List<Touched> touched(V2Sink sink, EventBatch batch) {
    return catchThrowableOfType(OutcomeUnknownException.class, () -> sink.apply(batch)).touched();
  }

  private Touched at(URI endpoint, String key, boolean tree) {
    return new Touched(Bytes.utf8(key), tree, endpoint.toString());
  }

  @Test
  void lostAnswerReportsKeyAndEndpointAndIsNotRetriedElsewhere() {
    try (V2Sink sink = sink(proxy.url(), etcd.clientUrl())) {
      proxy.truncateAfter(10);
      assertThat(touched(sink, batch(put("/t/k", "1"))))
          .containsExactly(at(proxy.url(), "/t/k", false));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void unansweredTreeDeleteReportsWholeTree() {
    try (V2Sink sink = sink(proxy.url())) {
      proxy.truncateAfter(10);
      assertThat(touched(sink, batch(new DeleteTree(Bytes.utf8("/t/d"), 1))))
          .containsExactly(at(proxy.url(), "/t/d", true));
      assertThat(touched(sink, batch(new Delete(Bytes.utf8("/t/k"), 1))))
          .containsExactly(at(proxy.url(), "/t/k", false));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void everyUnansweredWriteInFlightIsReported() throws Exception {
    List<MirrorEvent> puts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      puts.add(put("/t/many/" + i, "1"));
    }
    try (V2Sink sink = sink(proxy.url(), etcd.clientUrl())) {
      sink.apply(EventBatch.of(puts, 1, 1));
      proxy.stall(true);
      assertThat(touched(sink, EventBatch.of(puts, 1, 1)))
          .extracting(Touched::key)
          .containsExactlyInAnyOrderElementsOf(puts.stream().map(MirrorEvent::key).toList());
    }
  }

  @Test
  void proxyErrorLeavesOutcomeUnknownButRefusalDoesNot() {
    try (V2Sink sink = sink(proxy.url())) {
      proxy.answerHtml(502);
      assertThat(touched(sink, batch(put("/t/k", "1")))).hasSize(1);
      proxy.answerHtml(200);
      assertThat(touched(sink, batch(put("/t/k", "1")))).hasSize(1);
      proxy.answerHtml(403);
      assertThatThrownBy(() -> sink.apply(batch(put("/t/k", "1"))))
          .isNotInstanceOf(OutcomeUnknownException.class);
    }
  }

  @Test
  void refusedConnectionLeavesNoUnknownOutcome() throws Exception {
    URI closed = proxy.url();
    proxy.close();
    try (V2Sink sink = sink(closed, etcd.clientUrl())) {
      sink.apply(batch(put("/t/refused", "1")));
      assertThat(new V2Http(etcd.clientUrl()).tree("/t")).containsEntry("/t/refused", "1");
    }
    try (V2Sink sink = sink(closed)) {
      assertThatThrownBy(() -> sink.apply(batch(put("/t/k", "1"))))
          .isNotInstanceOf(OutcomeUnknownException.class);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void writeThatTimesOutInEtcdHasUnknownOutcome() {
    try (EtcdCluster cluster = EtcdCluster.start();
        V2Sink sink = sink(cluster.member(0).clientUrl())) {
      cluster.member(1).kill();
      cluster.member(2).kill();
      assertThat(touched(sink, batch(put("/t/k", "1"))))
          .containsExactly(at(cluster.member(0).clientUrl(), "/t/k", false));
    }
  }

  @Test
  void endpointAnswersWhenItsQuorumReadsSucceed() throws Exception {
    URI closed;
    try (FaultProxy gone = FaultProxy.to(etcd.clientUrl())) {
      closed = gone.url();
    }
    try (V2Sink sink = sink(proxy.url(), etcd.clientUrl(), closed)) {
      String healthy = etcd.clientUrl().toString();
      Mirroring.eventually("healthy", () -> assertThat(sink.answers(healthy)).isTrue());
      assertThat(sink.answers(closed.toString())).as("a refused connection").isFalse();
      Mirroring.eventually(
          "all endpoints, one of which is down", () -> assertThat(sink.answers("")).isTrue());
      proxy.stall(true);
      assertThat(sink.answers(proxy.url().toString())).isFalse();
      assertThat(sink.answers("")).isFalse();
      proxy.heal();
      String healed = proxy.url().toString();
      Mirroring.eventually("healed", () -> assertThat(sink.answers(healed)).isTrue());
    }
  }

  @Test
  void unresponsiveEndpointIsNotReadFirst() throws Exception {
    try (V2Sink sink = sink(proxy.url(), etcd.clientUrl())) {
      proxy.stall(true);
      assertThat(sink.answers(proxy.url().toString())).isFalse();
      Mirroring.eventually("asked", () -> assertThat(proxy.accepted()).isPositive());
      int asked = proxy.accepted();
      sink.cluster().head().clusterId();
      assertThat(proxy.accepted()).isEqualTo(asked);
    }
  }

  /** The write waits in the suspended member. */
  @Test
  @Execution(CONCURRENT)
  void lateIndexWriteDoesNotSetIndexBack() throws Exception {
    try (EtcdCluster cluster = EtcdCluster.start()) {
      String frozen = cluster.member(1).clientUrl().toString();
      String other = cluster.member(0).clientUrl().toString();
      V2Http sink = new V2Http(cluster.member(0).clientUrl());
      try (V2IndexStore store = V2IndexStore.open(List.of(frozen, other), "late")) {
        store.save(at(1));
        cluster.member(1).suspend();
        assertThatThrownBy(() -> store.save(at(2))).isInstanceOf(OutcomeUnknownException.class);
        store.save(at(2));
        store.save(at(3));
        cluster.member(1).resume();
        Mirroring.eventually("it answers", () -> assertThat(answers(frozen)).isTrue());
        store.save(at(4));
        assertThat(sink.get("/__replication/late", "quorum=true").json().at("/node/value").asText())
            .isEqualTo("4");
      }
    }
  }

  private static boolean answers(String endpoint) throws InterruptedException {
    try (V2Sink sink = sink(URI.create(endpoint))) {
      return sink.answers(endpoint);
    }
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "c", "s", Instant.now());
  }

  @Test
  void lateEffectsDefaultToTwiceRequestTimeoutAndAreConfigurable() {
    try (V2Sink usual = sink(etcd.clientUrl());
        V2Sink told =
            V2Sink.builder()
                .endpoints(etcd.clientUrl().toString())
                .lateEffects(Duration.ofSeconds(30))
                .build()) {
      assertThat(usual.lateEffects()).isEqualTo(Duration.ofSeconds(14));
      assertThat(told.lateEffects()).isEqualTo(Duration.ofSeconds(30));
    }
    assertThatThrownBy(() -> V2Sink.builder().lateEffects(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
