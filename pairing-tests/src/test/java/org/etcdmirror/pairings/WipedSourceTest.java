package org.etcdmirror.pairings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.List;
import java.util.Map;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A source that lost its data directory and keeps its cluster ID. */
@Tag("long")
@Timeout(600)
@EtcdTest
class WipedSourceTest {

  private static final int KEYS = 20;

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private Map<String, String> before = Map.of();

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  WipedSourceTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  private Link filled(String kind) {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    for (int i = 0; i < KEYS; i++) {
      link.source().put("/conf/" + i, "v" + i);
    }
    before = link.source().values("/conf/");
    return link;
  }

  private void assertBlocked(Link link, EtcdMirror mirror) {
    Link.awaitState(mirror, MirrorState.BLOCKED);
    ResyncPlan plan = requireNonNull(requireNonNull(mirror.status().pending()).plan());
    assertThat(plan.sourceEntries()).isZero();
    assertThat(plan.deletes()).as("v2 has a directory besides").isBetween((long) KEYS, KEYS + 1L);
    assertThat(plan.deleteSamples()).hasSize(KEYS);
    assertThat(plan.refusal()).contains(": the source is empty");
    assertThat(link.sink().values("/conf/")).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void sinkOfAWipedSourceIsEmptiedOnlyAfterApproval(String kind) throws Exception {
    Link link = filled(kind);
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      sourceEtcd.wipeKeepingClusterId();
      assertBlocked(link, mirror);
      mirror.approve(requireNonNull(mirror.status().pending()).token());
      Link.eventually("emptied", () -> link.sink().values("/conf/").isEmpty());
      Link.awaitState(mirror, MirrorState.FOLLOWING);
      link.source().put("/conf/new", "life");
      link.awaitEqual(mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void restartsStayBlockedUntilTheDeleteLimitIsRaised(String kind) throws Exception {
    Link link = filled(kind);
    link.mirroredOnce();
    sourceEtcd.wipeKeepingClusterId();
    for (int run = 0; run < 2; run++) {
      try (EtcdMirror mirror = link.started(builder -> builder)) {
        assertBlocked(link, mirror);
      }
      assertThat(link.sink().values("/conf/")).isEqualTo(before);
    }
    try (EtcdMirror mirror = link.started(b -> b.deleteLimit(DeleteLimit.percent(100)))) {
      Link.eventually("emptied", () -> link.sink().values("/conf/").isEmpty());
      link.source().put("/conf/new", "life");
      link.awaitEqual(mirror);
    }
  }
}
