package org.etcdmirror.pairings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mirrors that are paused, and mirrors that return to a backlog. */
@Tag("long")
@Timeout(600)
@EtcdTest
class PauseAndCatchUpTest {

  private static final int BACKLOG = 300;

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private FaultProxy proxy;

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  PauseAndCatchUpTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  @BeforeEach
  void startServers() {
    proxy = FaultProxy.to(sourceEtcd.clientUrl());
  }

  @AfterEach
  void stopServers() {
    proxy.close();
  }

  private Link link(String kind) {
    Link link = new Link(Keyspace.at(kind, proxy.url()), Keyspace.of(kind, sinkEtcd));
    link.source().put("/conf/a", "first");
    return link;
  }

  /** Cuts the mirror off, writes one key many times meanwhile, and heals the connection. */
  private void outage(String kind, EtcdMirror mirror) throws Exception {
    outage(kind, mirror, false);
  }

  private void outage(String kind, EtcdMirror mirror, boolean forgotten) throws Exception {
    proxy.refuse(true);
    proxy.cutAll();
    Link.awaitState(mirror, MirrorState.RETRYING);
    Keyspace direct = Keyspace.of(kind, sourceEtcd);
    for (int i = 0; i < BACKLOG; i++) {
      direct.put("/conf/a", "v" + i);
    }
    if (forgotten) {
      forget(kind);
    }
    proxy.heal();
  }

  /** Clears the history of the source up to now. */
  private void forget(String kind) throws Exception {
    if (kind.equals("v2")) {
      PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 7, 162);
    } else {
      V3Http http = new V3Http(sourceEtcd.clientUrl());
      http.put("/locks", "1");
      http.compact(http.revision());
    }
  }

  private static void assertHeld(Link link, EtcdMirror mirror) {
    Link.awaitState(mirror, MirrorState.BLOCKED);
    assertThat(requireNonNull(mirror.status().pending()).reason()).contains("backlog of ");
    assertThat(link.sink().values("/conf/")).containsEntry("/conf/a", "first");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void pausedMirrorWritesNothingAndLosesNothing(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      mirror.pause();
      Link.awaitState(mirror, MirrorState.PAUSED);
      long sinkIndex = link.sink().index();
      if (kind.equals("v2")) {
        PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 8, 200);
      }
      link.source().put("/conf/b", "2");
      long index = link.source().index();
      Link.eventually("it is read", () -> mirror.status().sourceIndex() >= index);
      assertThat(mirror.await(index, Duration.ofMillis(100))).isFalse();
      assertThat(link.sink().index()).isEqualTo(sinkIndex);
      mirror.resume();
      link.awaitEqual(mirror);
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void collapsedBacklogOfOneKeyIsOneWrite(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror =
        link.following(b -> b.catchUp(CatchUp.collapse()).recoveryPolicy(RecoveryPolicy.fail()))) {
      outage(kind, mirror);
      link.awaitEqual(mirror);
      Link.awaitState(mirror, MirrorState.FOLLOWING);
      assertThat(mirror.status().gaps()).hasSize(1);
      GapRecord record = mirror.status().gaps().get(0);
      assertThat(record.gap().reason()).isEqualTo(Gap.Reason.CATCH_UP);
      assertThat(record.gap().events()).isGreaterThanOrEqualTo(BACKLOG);
      assertThat(record.written()).isEqualTo(1);
      link.source().put("/conf/b", "2");
      link.awaitEqual(mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void heldBacklogWaitsForApproval(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror =
        link.following(b -> b.catchUp(CatchUp.hold(100, Duration.ofDays(1))))) {
      outage(kind, mirror);
      Link.awaitState(mirror, MirrorState.BLOCKED);
      assertThat(requireNonNull(mirror.status().pending()).reason())
          .startsWith("backlog of " + BACKLOG + " events");
      assertThat(link.sink().values("/conf/")).containsEntry("/conf/a", "first");
      mirror.approve(requireNonNull(mirror.status().pending()).token());
      link.awaitEqual(mirror);
      assertThat(mirror.status().counters().gaps()).isZero();
      assertThat(mirror.status().counters().eventsApplied()).isGreaterThanOrEqualTo(BACKLOG);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void heldBacklogWithoutHistoryWaitsForApproval(String kind) throws Exception {
    Link link = link(kind);
    UnaryOperator<EtcdMirrorBuilder> hold = b -> b.catchUp(CatchUp.hold(100, Duration.ofDays(1)));
    try (EtcdMirror mirror = link.following(hold)) {
      outage(kind, mirror, true);
      assertHeld(link, mirror);
    }
    try (EtcdMirror mirror = link.started(hold)) {
      assertHeld(link, mirror);
      mirror.approve(requireNonNull(mirror.status().pending()).token());
      link.awaitEqual(mirror);
      assertThat(mirror.status().gaps()).hasSize(1);
    }
  }
}
