package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkDriftedException;
import org.junit.jupiter.api.Test;

/** Changes that arrive while an earlier recovery is still unfinished. */
class MirrorOverlappingGapsTest extends MirrorFixture {

  private static final DeleteLimit NONE = DeleteLimit.keys(0);

  private static ResyncPlan plan(EtcdMirror mirror) {
    return requireNonNull(requireNonNull(mirror.status().pending()).plan());
  }

  /** Makes a change and clears history before the reader polls again. */
  private void loseHistoryAfter(Runnable what) throws InterruptedException {
    Faults.Gate poll = source.faults.block("poll");
    source.foreignWrites(1);
    poll.awaitReached();
    what.run();
    source.clearHistory();
    poll.release();
  }

  @Test
  void deletedTreeThatNeedsComparisonIsNoReplacedCluster() throws Exception {
    scope =
        MirrorScope.builder()
            .prefix("/conf")
            .transform(
                Transform.ofKeys("x", key -> Bytes.utf8(key.utf8().replace("/conf/", "/conf/x"))))
            .build();
    source.put("/conf/a", "1");
    source.put("/conf/d/b", "2");
    EtcdMirror mirror = following(b -> b.deleteLimit(DeleteLimit.percent(100)));
    source.deleteTree("/conf/d");
    level(mirror);
    eventually(() -> sink.values().equals(Map.of("/conf/xa", "1")));
    assertThat(told.reasons()).containsExactly(Gap.Reason.FORCED);
  }

  @Test
  void gapOfBlockedMirrorWaitsUntilPauseEnds() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    EtcdMirror mirror = following(b -> b.deleteLimit(NONE));
    loseHistoryAfter(() -> source.delete("/conf/a"));
    awaitState(mirror, MirrorState.BLOCKED);
    mirror.pause();
    loseHistoryAfter(() -> source.put("/conf/b", "2"));
    eventually(() -> told.blocked.size() == 2 || mirror.status().state() == MirrorState.PAUSED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1", "/conf/b", "1"));
    assertThatThrownBy(() -> approve(mirror)).isInstanceOf(IllegalStateException.class);
    mirror.resume();
    eventually(() -> told.blocked.size() == 2);
    approve(mirror);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void approvalCoversDeletesOfAllPassesTogether() throws Exception {
    source.put("/conf/a", "1");
    for (int i = 0; i < 20; i++) {
      sink.preset("/conf/b" + i, "old");
    }
    EtcdMirror mirror = started(b -> b.deleteLimit(NONE).maxDeletesHeld(10));
    awaitState(mirror, MirrorState.BLOCKED);
    assertThat(plan(mirror).deletes()).isEqualTo(20);
    Faults.Gate apply = sink.faults.block("apply");
    approve(mirror);
    apply.awaitReached();
    for (int i = 0; i < 5; i++) {
      sink.preset("/conf/c" + i, "not in the plan");
    }
    apply.release();
    eventually(() -> told.blocked.size() == 2 || mirror.status().state() == MirrorState.FOLLOWING);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    assertThat(plan(mirror).deletes()).as("10 of 25 are deleted").isEqualTo(15);
    approve(mirror);
    level(mirror);
    assertThat(told.blocked).hasSize(2);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void refusedScopeChangeIsFoundAgainWhenEntriesAreSkipped() throws Exception {
    source = new FakeSource(KeyModel.BYTES);
    source.put("/conf/a/x", "1");
    source.put("/conf/b/x", "1");
    following(b -> b.unsupportedEntries(UnsupportedEntries.SKIP)).close();
    scope = MirrorScope.of("/conf/b");
    source.put("/conf/b/x", "2");
    for (int i = 0; i < 2; i++) {
      EtcdMirror refused =
          started(b -> b.unsupportedEntries(UnsupportedEntries.SKIP).deleteLimit(NONE));
      awaitState(refused, MirrorState.BLOCKED);
      assertThat(told.reasons()).endsWith(Gap.Reason.SCOPE_CHANGED);
      assertThat(sink.values()).isEqualTo(Map.of("/conf/a/x", "1", "/conf/b/x", "1"));
      refused.close();
    }
  }

  @Test
  void syncOnceTreatsWipedSourceAsReplacedCluster() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    following().close();
    source.wipe(source.index() + 1000);
    source.put("/conf/b", "another life");
    EtcdMirror once = mirror(b -> b.deleteLimit(NONE));
    assertThatThrownBy(once::syncOnce).hasCauseInstanceOf(DeleteLimitException.class);
    assertThat(told.reasons()).endsWith(Gap.Reason.CLUSTER_REPLACED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1", "/conf/b", "1"));
  }

  @Test
  void wipedSourceWhileBlockedNeedsNewApproval() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    EtcdMirror mirror = following(b -> b.deleteLimit(NONE));
    loseHistoryAfter(() -> source.delete("/conf/a"));
    awaitState(mirror, MirrorState.BLOCKED);
    long heads = source.faults.calls("head");
    source.wipe(source.index() + 1000);
    source.put("/conf/b", "another life");
    eventually(() -> source.faults.calls("head") > heads + 1 && source.openStreams() == 1);
    assertThat(told.reasons()).endsWith(Gap.Reason.CLUSTER_REPLACED);
    eventually(() -> told.blocked.size() == 2);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1", "/conf/b", "1"));
    approve(mirror);
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void backlogIsNotHeldWhileDeletesAwaitApproval() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    following().close();
    EtcdMirror mirror =
        following(b ->
            b.deleteLimit(NONE)
                .recoveryPolicy(RecoveryPolicy.skipGap())
                .catchUp(CatchUp.hold(50, Duration.ofDays(100_000)))
                .historyInterval(Duration.ofMillis(5)));
    sink.faults.failNext("apply", new SinkDriftedException("'/conf/c' is gone"));
    Faults.Gate apply = sink.faults.block("apply");
    source.put("/conf/a", "2");
    apply.awaitReached();
    Faults.Gate poll = source.faults.block("poll");
    poll.awaitReached();
    apply.release();
    eventually(() -> String.valueOf(mirror.status().lastError()).contains("is gone"));
    source.delete("/conf/a");
    source.clearHistory();
    poll.release();
    awaitState(mirror, MirrorState.BLOCKED);
    assertThat(plan(mirror).deletes()).isEqualTo(1);
    int opened = source.faults.calls("open after");
    Faults.Gate head = source.faults.block("head");
    source.breakStreams();
    head.awaitReached();
    source.foreignWrites(1000);
    head.release();
    eventually(() -> told.blocked.size() > 1 || source.faults.calls("open after") > opened);
    assertThat(told.blocked).allMatch(asked -> asked.plan() != null);
    approve(mirror);
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }
}
