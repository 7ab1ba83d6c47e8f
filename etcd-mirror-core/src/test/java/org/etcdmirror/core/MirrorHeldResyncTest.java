package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.etcdmirror.api.Gap;
import org.junit.jupiter.api.Test;

/** Hold needs an approval even if a resync would absorb the backlog. */
class MirrorHeldResyncTest extends MirrorFixture {

  private static final Duration NEVER = Duration.ofDays(100_000);
  private static final CatchUp HOLD = CatchUp.hold(50, NEVER);

  /** The sink equals the source, then a key is written this often and history is cleared. */
  private void lostBacklog(int events) {
    source.put("/conf/a", "0");
    sink.preset("/conf/a", "0");
    resumable(source.index());
    for (int i = 1; i <= events; i++) {
      source.put("/conf/a", "" + i);
    }
    source.clearHistory();
  }

  private EtcdMirror start() {
    return started(b -> b.catchUp(HOLD).historyInterval(Duration.ofMillis(5)));
  }

  private EtcdMirror held() {
    EtcdMirror mirror = start();
    awaitState(mirror, MirrorState.BLOCKED);
    return mirror;
  }

  private static PendingApproval pending(EtcdMirror mirror) {
    return requireNonNull(mirror.status().pending());
  }

  private void approveAndFollow(EtcdMirror mirror) throws InterruptedException {
    approve(mirror);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.blocked).hasSize(1);
  }

  @Test
  void largeBacklogWithoutHistoryWaitsForApproval() throws Exception {
    lostBacklog(60);
    EtcdMirror mirror = held();
    assertThat(pending(mirror).reason()).contains("backlog of 60 events");
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "0"));
    eventually(() -> store.notes().containsKey("must-compare"));
    approveAndFollow(mirror);
    assertThat(told.reasons()).containsExactly(Gap.Reason.HISTORY_CLEARED);
  }

  @Test
  void restartHoldsBacklogAgain() throws Exception {
    lostBacklog(60);
    held().close();
    assertThat(sink.batches()).isEmpty();
    told.blocked.clear();
    approveAndFollow(held());
  }

  @Test
  void smallBacklogWithoutHistoryIsResyncedAtOnce() throws Exception {
    lostBacklog(50);
    level(start());
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void replacedSourceWaitsForApprovalAtAnyIndex() throws Exception {
    lostBacklog(0);
    source.replaceCluster("cluster-2", source.index() + 1);
    source.put("/conf/a", "theirs");
    EtcdMirror mirror = held();
    assertThat(pending(mirror).reason()).contains("backlog of unknown size");
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "0"));
    approveAndFollow(mirror);
  }

  @Test
  void firstCopyIsNotHeld() throws Exception {
    source.put("/conf/a", "1");
    source.foreignWrites(1000);
    level(start());
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void failPolicyFailsMirrorInsteadOfHolding() {
    lostBacklog(60);
    EtcdMirror mirror = started(b -> b.catchUp(HOLD).recoveryPolicy(RecoveryPolicy.fail()));
    awaitState(mirror, MirrorState.FAILED);
    assertThat(told.blocked).isEmpty();
  }
}
