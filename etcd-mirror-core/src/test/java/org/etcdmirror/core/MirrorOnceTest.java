package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.etcdmirror.api.Gap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code syncOnce} asks the recovery policy as a running mirror does. */
class MirrorOnceTest extends MirrorFixture {

  private void make(Gap.Reason reason) {
    source.put("/conf/stale", "x");
    sink.preset("/conf/stale", "x");
    source.foreignWrites(1000);
    resumable(source.index());
    switch (reason) {
      case HISTORY_CLEARED -> {
        source.delete("/conf/stale");
        source.clearHistory();
      }
      case CLUSTER_REPLACED -> source.replaceCluster("cluster-2", 5_000);
      case INDEX_WENT_BACKWARDS -> source.goBackTo(50);
      case SCOPE_CHANGED -> store.preset(source.index(), source.clusterId(), "another scope");
      default -> throw new IllegalArgumentException(reason.name());
    }
    source.put("/conf/new", "2");
    if (reason == Gap.Reason.HISTORY_CLEARED) {
      source.clearHistory();
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"HISTORY_CLEARED", "CLUSTER_REPLACED", "INDEX_WENT_BACKWARDS", "SCOPE_CHANGED"})
  void syncOnceWritesNothingIfPolicyFails(Gap.Reason reason) {
    make(reason);
    long stored = store.index();
    EtcdMirror mirror = mirror(b -> b.recoveryPolicy(RecoveryPolicy.fail()));
    assertThatThrownBy(mirror::syncOnce)
        .isInstanceOf(MirrorFailedException.class)
        .cause()
        .isInstanceOfSatisfying(
            GapException.class, e -> assertThat(e.gap().reason()).isEqualTo(reason));
    assertThat(sink.batches()).isEmpty();
    assertThat(store.index()).isEqualTo(stored);
    if (reason == Gap.Reason.SCOPE_CHANGED) {
      // The checkpoint shows it, so that the policy stops before anything is stored.
      assertThat(store.notes()).doesNotContainKey(MirrorNotLevelTest.NOTE);
    } else {
      assertThat(store.notes().get(MirrorNotLevelTest.NOTE)).startsWith(reason.name());
    }
    assertThat(told.reasons()).containsExactly(reason);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"HISTORY_CLEARED", "CLUSTER_REPLACED", "INDEX_WENT_BACKWARDS", "SCOPE_CHANGED"})
  void syncOnceStoresOnlyIndexIfPolicySkips(Gap.Reason reason) throws Exception {
    make(reason);
    EtcdMirror mirror = mirror(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    ResyncReport report = mirror.syncOnce();
    assertThat(report.written()).isZero();
    assertThat(report.index()).isEqualTo(source.index());
    assertThat(sink.values()).isEqualTo(Map.of("/conf/stale", "x"));
    assertThat(store.index()).isEqualTo(source.index());
    assertThat(store.last().clusterId()).isEqualTo(source.clusterId());
    assertThat(store.notes()).doesNotContainKey(MirrorNotLevelTest.NOTE);
    assertThat(told.ended)
        .extracting(GapRecord::decision)
        .containsExactly(RecoveryPolicy.Decision.SKIP_GAP);
    assertThat(told.resyncs).isEmpty();
  }

  @Test
  void firstSyncOnceDoesNotAskPolicy() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = mirror(b -> b.recoveryPolicy(gap -> RecoveryPolicy.Decision.FAIL));
    assertThat(mirror.syncOnce().gap().reason()).isEqualTo(Gap.Reason.NO_CHECKPOINT);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(mirror.status().counters().gaps()).isZero();
  }

  @Test
  void syncOnceWithoutGapComparesWithoutAskingPolicy() throws Exception {
    source.put("/conf/a", "1");
    resumable(source.index());
    EtcdMirror mirror = mirror(b -> b.recoveryPolicy(gap -> RecoveryPolicy.Decision.FAIL));
    assertThat(mirror.syncOnce().gap().reason()).isEqualTo(Gap.Reason.FORCED);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(store.notes()).doesNotContainKey(MirrorNotLevelTest.NOTE);
  }
}
