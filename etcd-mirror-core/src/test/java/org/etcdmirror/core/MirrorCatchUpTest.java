package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.internal.flow.CatchUpGate;
import org.junit.jupiter.api.Test;

/** How a mirror handles a backlog that it finds at a start or after an outage. */
class MirrorCatchUpTest extends MirrorFixture {

  private static final Duration NEVER = Duration.ofDays(100_000);
  private static final CatchUp HOLD = CatchUp.hold(50, NEVER);

  /** The sink equals the source, then a key is written this many times more. */
  private void backlog(int events) {
    source.put("/conf/a", "0");
    sink.preset("/conf/a", "0");
    resumable(source.index());
    for (int i = 1; i <= events; i++) {
      source.put("/conf/a", "" + i);
    }
  }

  private EtcdMirror start(CatchUp catchUp) {
    return started(b -> b.catchUp(catchUp).historyInterval(Duration.ofMillis(5)));
  }

  private EtcdMirror held() {
    EtcdMirror mirror = start(HOLD);
    awaitState(mirror, MirrorState.BLOCKED);
    return mirror;
  }

  private static PendingApproval pending(EtcdMirror mirror) {
    return requireNonNull(mirror.status().pending());
  }

  private static String reason(EtcdMirror mirror) {
    return pending(mirror).reason();
  }

  @Test
  void collapsedBacklogWritesOnlyResultWithoutAskingPolicy() throws Exception {
    backlog(200);
    EtcdMirror mirror =
        following(b -> b.catchUp(CatchUp.collapse()).recoveryPolicy(RecoveryPolicy.fail()));
    assertThat(sink.events()).hasSize(1);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "200"));
    assertThat(told.ended)
        .singleElement()
        .satisfies(record -> {
          assertThat(record.gap().reason()).isEqualTo(Gap.Reason.CATCH_UP);
          assertThat(record.gap().events()).isEqualTo(200);
          assertThat(record.decision()).isEqualTo(Decision.RESYNC);
        });
    assertThat(mirror.status().counters().eventsApplied()).isZero();
    source.put("/conf/b", "1");
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void tinyBacklogIsReplayedDespiteCollapse() throws Exception {
    backlog((int) CatchUpGate.HANDFUL);
    following(b -> b.catchUp(CatchUp.collapse()));
    assertThat(told.gaps).isEmpty();
    assertThat(source.faults.calls("snapshot")).isZero();
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void clearedHistoryGoesToPolicyDespiteCollapse() {
    backlog(200);
    source.clearHistory();
    EtcdMirror mirror =
        started(b -> b.catchUp(CatchUp.collapse()).recoveryPolicy(RecoveryPolicy.fail()));
    awaitState(mirror, MirrorState.FAILED);
    assertThat(told.reasons()).containsExactly(Gap.Reason.HISTORY_CLEARED);
  }

  @Test
  void backlogOfOutageIsCollapsed() throws Exception {
    source.put("/conf/a", "before");
    EtcdMirror mirror = following(b -> b.catchUp(CatchUp.collapse()));
    sink.forgetBatches();
    outage(200);
    level(mirror);
    assertThat(told.reasons()).containsExactly(Gap.Reason.CATCH_UP);
    assertThat(sink.events()).hasSize(1);
  }

  /** The source is away and comes back with this many new events. */
  private void outage(int events) {
    int before = source.faults.calls("head");
    source.faults.failAlways("head", () -> new IOException("down"));
    source.breakStreams();
    eventually(() -> source.faults.calls("head") > before);
    for (int i = 0; i < events; i++) {
      source.put("/conf/a", "" + i);
    }
    source.faults.heal("head");
  }

  @Test
  void largeBacklogWaitsForApprovalAndIsReplayedInOrder() throws Exception {
    backlog(60);
    source.deliverAtMost(1);
    EtcdMirror mirror = held();
    assertThat(reason(mirror)).startsWith("backlog of 60 events");
    assertThat(pending(mirror).plan()).isNull();
    Instant since = pending(mirror).since();
    source.put("/conf/b", "more");
    eventually(() -> reason(mirror).startsWith("backlog of 61 events"));
    assertThat(pending(mirror).since()).isEqualTo(since);
    eventually(() -> !told.blocked.isEmpty());
    assertThat(pending(mirror).token()).isEqualTo(told.blocked.get(0).token());
    assertThat(told.blocked).hasSize(1);
    assertThat(sink.batches()).isEmpty();
    assertThat(source.openStreams()).isZero();
    approve(mirror);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(sink.events()).extracting(MirrorEvent::index).isSorted();
    assertThat(told.gaps).isEmpty();
    assertThat(mirror.status().counters().deletesBlocked()).isZero();
  }

  @Test
  void oldBacklogWaitsForApprovalHoweverSmall() throws Exception {
    backlog(1);
    EtcdMirror mirror = start(CatchUp.hold(1000, Duration.ofDays(1)));
    awaitState(mirror, MirrorState.BLOCKED);
    assertThat(reason(mirror)).contains("backlog of 1 events, about ").contains(" minutes old");
    approve(mirror);
    level(mirror);
  }

  /** The checkpoint comes from another program or a person. */
  @Test
  void checkpointOfIndexOnlyHasNoAge() throws Exception {
    backlog(1);
    store.preset(new Checkpoint(source.index() - 1, null, null, Instant.EPOCH));
    level(start(CatchUp.hold(1000, Duration.ofDays(1))));
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void oldCheckpointWithoutBacklogDoesNotBlock() throws Exception {
    backlog(0);
    EtcdMirror mirror = start(CatchUp.hold(0, Duration.ZERO));
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(told.blocked).isEqualTo(List.of());
  }

  @Test
  void smallBacklogIsReplayedWithoutApproval() throws Exception {
    backlog(50);
    level(start(HOLD));
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void approvedBacklogIsNotHeldAgainBeforeSinkIsLevel() throws Exception {
    backlog(60);
    source.faults.failNext("open after", new IOException("no"), new IOException("no"));
    EtcdMirror mirror = held();
    approve(mirror);
    level(mirror);
    assertThat(told.blocked).hasSize(1);
    assertThat(told.retries).hasSize(2);
    awaitState(mirror, MirrorState.FOLLOWING);
    outage(60);
    awaitState(mirror, MirrorState.BLOCKED);
    eventually(() -> told.blocked.size() == 2);
    approve(mirror);
    level(mirror);
  }

  @Test
  void pauseDoesNotCountAsBacklog() throws Exception {
    EtcdMirror mirror = following(b -> b.catchUp(CatchUp.hold(5, Duration.ZERO)));
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    for (int i = 0; i < 60; i++) {
      source.put("/conf/a", "" + i);
    }
    mirror.resume();
    level(mirror);
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void historyClearedWhileBacklogIsHeldIsGap() throws Exception {
    backlog(60);
    EtcdMirror mirror = held();
    String token = pending(mirror).token();
    source.clearHistory();
    eventually(() -> told.blocked.size() == 2);
    assertThat(pending(mirror).token()).as("a new approval is pending").isNotEqualTo(token);
    assertThat(sink.batches()).isEmpty();
    approve(mirror);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(told.reasons()).containsExactly(Gap.Reason.HISTORY_CLEARED);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void sourceGoingBackWhileBacklogIsHeldIsGap() throws Exception {
    backlog(60);
    source.foreignWrites(1000);
    resumable(source.index() - 100);
    EtcdMirror mirror = held();
    source.goBackTo(5);
    source.put("/conf/a", "again");
    eventually(() -> told.reasons().contains(Gap.Reason.INDEX_WENT_BACKWARDS));
    eventually(() -> told.blocked.size() == 2);
    approve(mirror);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  @Test
  void sourceFailureIsShownWhileBacklogIsHeld() throws Exception {
    backlog(60);
    EtcdMirror mirror = held();
    source.faults.failAlways("head", () -> new IOException("down"));
    eventually(() -> "source: down".equals(mirror.status().lastError()));
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    approve(mirror);
    assertThat(mirror.status().state()).isNotEqualTo(MirrorState.BLOCKED);
    source.faults.heal("head");
    level(mirror);
  }

  @Test
  void resyncAbsorbsBacklogWithoutApproval() throws Exception {
    source.put("/conf/a", "1");
    Faults.Gate gate = source.faults.block("snapshot");
    EtcdMirror mirror = start(CatchUp.hold(5, Duration.ZERO));
    gate.awaitReached();
    outage(60);
    eventually(() -> source.faults.calls("open after") == 1);
    gate.release();
    level(mirror);
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void mirrorThatHoldsBacklogCanBeClosedAndHoldsAgain() throws Exception {
    backlog(60);
    long stored = store.index();
    EtcdMirror mirror = started(b -> b.catchUp(HOLD));
    awaitState(mirror, MirrorState.BLOCKED);
    assertThat(timeToClose(mirror)).isLessThan(Duration.ofSeconds(8));
    assertClosed(mirror, MirrorState.STOPPED);
    assertThat(store.index()).isEqualTo(stored);
    held();
  }
}
