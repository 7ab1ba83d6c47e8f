package org.etcdmirror.pairings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.List;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A source that blocked its mirror, and that gets its old content back. */
@Tag("long")
@Timeout(600)
@EtcdTest
class HealedSourceTest {

  private static final int KEYS = 20;

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  HealedSourceTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  private Link filled(String kind) {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    register(link, 0);
    return link;
  }

  private static void register(Link link, int from) {
    for (int i = from; i < KEYS; i++) {
      link.source().put("/conf/" + i, "v" + i);
    }
  }

  private static PendingApproval pending(EtcdMirror mirror) {
    Link.awaitState(mirror, MirrorState.BLOCKED);
    return requireNonNull(mirror.status().pending());
  }

  private static void assertHealed(Link link, EtcdMirror mirror, Map<String, String> before)
      throws InterruptedException {
    Link.awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(mirror.status().pending()).isNull();
    assertThat(link.sink().values("/conf/")).isEqualTo(before);
    link.source().put("/conf/new", "life");
    link.awaitEqual(mirror);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void mirrorUnblocksWhenTheOldDataIsPutBack(String kind) throws Exception {
    Link link = filled(kind);
    Map<String, String> before = link.source().values("/conf/");
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      DataAside data = DataAside.of(sourceEtcd);
      assertThat(pending(mirror).reason()).contains(": the source is empty");
      data.putBack();
      assertHealed(link, mirror, before);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void mirrorStartedOnAnEmptySourceUnblocksWhenDataIsPutBack(String kind) throws Exception {
    Link link = filled(kind);
    Map<String, String> before = link.source().values("/conf/");
    link.mirroredOnce();
    DataAside data = DataAside.of(sourceEtcd);
    try (EtcdMirror mirror = link.started(builder -> builder)) {
      assertThat(pending(mirror).reason()).contains(": the source is empty");
      data.putBack();
      assertHealed(link, mirror, before);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void pendingPlanIsRenewedWhenTheEmptySourceGetsAKey(String kind) throws Exception {
    Link link = filled(kind);
    Map<String, String> before = link.source().values("/conf/");
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      DataAside.of(sourceEtcd);
      PendingApproval first = pending(mirror);
      link.source().put("/conf/other", "1");
      Link.eventually("a new plan", () -> !pending(mirror).token().equals(first.token()));
      assertThat(requireNonNull(pending(mirror).plan()).writes()).isPositive();
      assertThat(link.sink().values("/conf/")).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void mirrorUnblocksWhenAllEntriesAreWrittenAgain(String kind) throws Exception {
    Link link = filled(kind);
    Map<String, String> before = link.source().values("/conf/");
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      DataAside.of(sourceEtcd);
      pending(mirror);
      register(link, 0);
      assertHealed(link, mirror, before);
    }
  }
}
