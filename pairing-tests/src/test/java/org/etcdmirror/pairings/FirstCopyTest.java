package org.etcdmirror.pairings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.List;
import java.util.Map;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.DeleteLimitException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.SinkNotEmptyException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A first copy into a sink that holds foreign keys, or none. */
@Timeout(300)
@EtcdTest
class FirstCopyTest {

  private static final Map<String, String> THEIRS =
      Map.of("/conf/b", "theirs", "/conf/x", "theirs", "/conf/y/z", "theirs");

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  FirstCopyTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  private Link link(String kind) {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    link.source().put("/conf/a", "1");
    link.source().put("/conf/b", "2");
    return link;
  }

  private Link occupied(String kind) {
    Link link = link(kind);
    THEIRS.forEach(link.sink()::put);
    return link;
  }

  private static void assertUntouched(Link link) {
    assertThat(link.sink().values("/conf/")).isEqualTo(THEIRS);
  }

  private static ResyncPlan blockedPlan(EtcdMirror mirror) {
    Link.awaitState(mirror, MirrorState.BLOCKED);
    return requireNonNull(requireNonNull(mirror.status().pending()).plan());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void deletesOfForeignKeysWaitForApprovalAlsoAfterARestart(String kind) throws Exception {
    Link link = occupied(kind);
    for (int run = 0; run < 2; run++) {
      try (EtcdMirror mirror = link.started(builder -> builder)) {
        ResyncPlan plan = blockedPlan(mirror);
        assertThat(plan.deletes()).as("v2 has a directory besides").isBetween(2L, 3L);
        assertThat(plan.overwrites()).isEqualTo(1);
        assertThat(plan.overwriteSamples()).hasToString("[/conf/b]");
        assertUntouched(link);
      }
    }
    try (EtcdMirror mirror = link.started(builder -> builder)) {
      Link.awaitState(mirror, MirrorState.BLOCKED);
      mirror.approve(requireNonNull(mirror.status().pending()).token());
      link.awaitEqual(mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void syncOnceFailsOnForeignKeysAndWritesNothing(String kind) {
    Link link = occupied(kind);
    try (EtcdMirror mirror = link.mirror(builder -> builder)) {
      assertThatThrownBy(mirror::syncOnce).hasCauseInstanceOf(DeleteLimitException.class);
    }
    assertUntouched(link);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void configuredDeleteLimitApprovesInAdvance(String kind) throws Exception {
    Link link = occupied(kind);
    link.following(b -> b.deleteLimit(DeleteLimit.keys(3))).close();
    link.assertEqual();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void firstCopyWithoutSurplusKeysNeedsNoApproval(String kind) throws Exception {
    Link link = link(kind);
    link.sink().put("/conf/b", "theirs");
    link.following(builder -> builder).close();
    link.assertEqual();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void requireEmptySinkFailsIfTheSinkHoldsAKey(String kind) throws Exception {
    Link link = link(kind);
    link.sink().put("/conf/a", "1");
    try (EtcdMirror mirror = link.mirror(EtcdMirrorBuilder::requireEmptySink)) {
      assertThatThrownBy(mirror::syncOnce).hasCauseInstanceOf(SinkNotEmptyException.class);
    }
    assertThat(link.sink().values("/conf/")).isEqualTo(Map.of("/conf/a", "1"));
    link.sink().deleteTree("/conf");
    link.following(EtcdMirrorBuilder::requireEmptySink).close();
    link.following(EtcdMirrorBuilder::requireEmptySink).close();
    link.assertEqual();
  }
}
