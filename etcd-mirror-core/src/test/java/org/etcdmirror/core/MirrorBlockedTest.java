package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A resync that would delete too much waits for a person. */
class MirrorBlockedTest extends MirrorFixture {

  private static final DeleteLimit FEW = new DeleteLimit(10, 10, false);

  private void presetSurplusKeys(int from, int to) {
    for (int i = from; i < to; i++) {
      sink.preset("/conf/" + i, "old");
    }
  }

  private EtcdMirror blocked() {
    EtcdMirror mirror = started(b -> b.deleteLimit(FEW));
    awaitState(mirror, MirrorState.BLOCKED);
    return mirror;
  }

  private void approveAndFollow(EtcdMirror mirror) throws InterruptedException {
    approve(mirror);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(mirror.status().pending()).isNull();
    eventually(() -> store.index() == source.index());
  }

  private static ResyncPlan plan(EtcdMirror mirror) {
    PendingApproval pending = requireNonNull(mirror.status().pending());
    return requireNonNull(pending.plan());
  }

  /** The sink equals the source, which then loses half of its keys and its history. */
  private void loseKeysAndHistory() {
    for (int i = 0; i < 100; i++) {
      source.put("/conf/" + i, "old");
      sink.preset("/conf/" + i, "old");
    }
    resumable(source.index());
    for (int i = 0; i < 50; i++) {
      source.delete("/conf/" + i);
    }
    source.put("/conf/99", "new");
    source.clearHistory();
  }

  @Test
  void unknownSinkIsNotTouchedBeforePlanIsApproved() throws Exception {
    source.put("/conf/0", "new");
    source.put("/conf/more", "12345");
    presetSurplusKeys(0, 200);
    Map<String, String> before = sink.values();
    EtcdMirror mirror = blocked();
    ResyncPlan plan = plan(mirror);
    assertThat(plan.writes()).isEqualTo(2);
    assertThat(plan.writeBytes()).isEqualTo("/conf/0new/conf/more12345".length());
    assertThat(plan.deletes()).isEqualTo(199);
    assertThat(plan.sourceEntries()).as("with the directory").isEqualTo(3);
    assertThat(plan.sinkEntries()).isEqualTo(201);
    assertThat(plan.index()).isEqualTo(source.index());
    assertThat(plan.writeSamples()).hasToString("[/conf/0, /conf/more]");
    assertThat(plan.deleteSamples()).hasSize(20).isSorted();
    assertThat(plan.refusal()).contains("would delete 199 of 201");
    assertThat(requireNonNull(mirror.status().pending()).reason())
        .startsWith("no index is stored; the source is at index %d; ".formatted(source.index()))
        .contains("would delete 199 of 201");
    eventually(() -> told.blocked.equals(List.of(requireNonNull(mirror.status().pending()))));
    assertThat(mirror.status().counters().deletesBlocked()).isEqualTo(1);
    assertThat(source.faults.calls("second snapshot")).isEqualTo(1);
    assertThat(sink.values()).isEqualTo(before);
    assertThat(store.index()).isZero();
    assertThat(store.notes()).containsKey("must-compare");
    approveAndFollow(mirror);
    assertFirstCopy(2, 199);
  }

  private void assertFirstCopy(long written, long deleted) {
    assertThat(told.ended).isEmpty();
    assertThat(told.resyncs).hasSize(1);
    assertThat(told.resyncs.get(0).written()).isEqualTo(written);
    assertThat(told.resyncs.get(0).deleted()).isEqualTo(deleted);
  }

  private static void assertRecord(GapRecord record, Decision how, long written, long deleted) {
    assertThat(record.decision()).isEqualTo(how);
    assertThat(record.written()).isEqualTo(written);
    assertThat(record.deleted()).isEqualTo(deleted);
  }

  @Test
  void newerValuesAreWrittenBeforeDeletesAreApproved() throws Exception {
    loseKeysAndHistory();
    EtcdMirror mirror = blocked();
    assertThat(sink.values()).hasSize(100).containsEntry("/conf/99", "new");
    assertThat(plan(mirror).writes()).isZero();
    assertThat(plan(mirror).deletes()).isEqualTo(50);
    approveAndFollow(mirror);
    assertRecord(told.ended.get(0), Decision.RESYNC, 1, 50);
  }

  @Test
  void emptySourceEmptiesSinkOnlyAfterApproval() throws Exception {
    presetSurplusKeys(0, 3);
    EtcdMirror mirror = blocked();
    assertThat(plan(mirror).refusal()).contains(": the source is empty");
    assertThat(sink.values()).hasSize(3);
    approveAndFollow(mirror);
    assertThat(sink.values()).isEmpty();
  }

  @Test
  void sourceThatBecameEmptyNeedsNewApproval() throws Exception {
    source.put("/conf/0", "only");
    presetSurplusKeys(0, 200);
    EtcdMirror mirror = blocked();
    Faults.Gate gate = source.faults.block("snapshot");
    approve(mirror);
    gate.awaitReached();
    source.delete("/conf/0");
    gate.release();
    eventually(() -> told.blocked.size() == 2);
    assertThat(sink.values()).hasSize(200);
    assertThat(plan(mirror).deletes()).isEqualTo(200);
    assertThat(mirror.status().counters().deletesBlocked()).isEqualTo(2);
    approveAndFollow(mirror);
  }

  @Test
  void fewerDeletesThanApprovedNeedNoNewApproval() throws Exception {
    presetSurplusKeys(0, 200);
    source.put("/conf/0", "old");
    EtcdMirror mirror = blocked();
    source.put("/conf/1", "old");
    approveAndFollow(mirror);
    assertThat(told.blocked).hasSize(1);
    assertFirstCopy(0, 198);
  }

  @Test
  void streamStaysOpenAndLosesNothingWhileBlocked() throws Exception {
    source.put("/conf/0", "old");
    presetSurplusKeys(0, 200);
    EtcdMirror mirror = started(b -> b.deleteLimit(FEW).buffer(2, 1000));
    awaitState(mirror, MirrorState.BLOCKED);
    source.deliverAtMost(1);
    for (int i = 0; i < 50; i++) {
      source.put("/conf/new" + i, "v");
    }
    source.delete("/conf/new7");
    eventually(() -> mirror.status().sourceIndex() == source.index());
    eventually(() -> source.faults.calls("poll") > 50);
    assertThat(sink.batches()).isEmpty();
    // The next snapshot is older than the dropped events, so it cannot be used.
    source.nextSnapshotsAreBehind(1, 30);
    source.put("/conf/last", "v");
    approve(mirror);
    eventually(() -> told.blocked.size() == 2);
    approveAndFollow(mirror);
  }

  @Test
  void newGapWhileBlockedIsPlannedAfresh() throws Exception {
    loseKeysAndHistory();
    EtcdMirror mirror = blocked();
    for (int i = 0; i < 50; i++) {
      source.put("/conf/" + i, "back");
    }
    loseHistoryWith("/conf/lost");
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(mirror.status().pending()).isNull();
    assertThat(sink.events()).noneMatch(event -> event instanceof Delete);
    assertThatThrownBy(() -> approve(mirror)).isInstanceOf(IllegalStateException.class);
    assertThat(told.ended).hasSize(2);
    assertRecord(told.ended.get(0), Decision.RESYNC, 0, 0);
    // Includes the key that was written before the mirror blocked.
    assertRecord(told.ended.get(1), Decision.RESYNC, 52, 0);
  }

  private void loseHistoryWith(String key) throws InterruptedException {
    Faults.Gate poll = source.faults.block("poll");
    source.foreignWrites(1);
    poll.awaitReached();
    source.put(key, "lost");
    source.clearHistory();
    poll.release();
  }

  @Test
  void sourceFailureWhileBlockedIsShownAndApprovalStaysPending() throws Exception {
    presetSurplusKeys(0, 3);
    EtcdMirror mirror = blocked();
    source.faults.failAlways("poll", () -> new IOException("the source is down"));
    source.put("/conf/a", "1");
    eventually(() -> "source: the source is down".equals(mirror.status().lastError()));
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    assertThat(mirror.status().pending()).isNotNull();
    source.faults.heal("poll");
    approveAndFollow(mirror);
  }

  @Test
  void gapThatPolicyRefusesFailsBlockedMirror() throws Exception {
    presetSurplusKeys(0, 3);
    EtcdMirror mirror = started(b -> b.recoveryPolicy(RecoveryPolicy.fail()));
    awaitState(mirror, MirrorState.BLOCKED);
    loseHistoryWith("/conf/a");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().pending()).isNull();
    assertThat(told.ended).extracting(GapRecord::decision).containsOnly(Decision.FAIL);
    assertThat(sink.values()).hasSize(3);
  }

  @Test
  void blockedMirrorCanBeClosedAndNextRunBlocksAgain() throws Exception {
    loseKeysAndHistory();
    long stored = store.index();
    EtcdMirror first = blocked();
    first.close();
    assertThat(first.status().state()).isEqualTo(MirrorState.STOPPED);
    assertThat(first.status().pending()).isNull();
    assertThatThrownBy(() -> approve(first)).isInstanceOf(IllegalStateException.class);
    assertThat(store.index()).isEqualTo(stored);
    EtcdMirror second = blocked();
    assertThat(told.reasons())
        .containsExactly(Gap.Reason.HISTORY_CLEARED, Gap.Reason.HISTORY_CLEARED);
    assertThat(plan(second).deletes()).isEqualTo(50);
    second.close();
    following(b -> b.deleteLimit(DeleteLimit.keys(50)));
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void nextRunBlocksEvenIfSourceOutgrewStoredIndex() throws Exception {
    source.put("/conf/0", "1");
    presetSurplusKeys(0, 3);
    source.foreignWrites(1000);
    resumable(source.index());
    source.goBackTo(50);
    blocked().close();
    source.put("/conf/0", "another life");
    source.foreignWrites(5000);
    EtcdMirror second = started(b -> b.deleteLimit(new DeleteLimit(1, 0, false)));
    awaitState(second, MirrorState.BLOCKED);
    assertThat(sink.values()).as("nothing is overwritten").containsEntry("/conf/0", "old");
    approveAndFollow(second);
  }

  @Test
  void approveIsRefusedWhenNothingIsPending() throws Exception {
    assertThatThrownBy(() -> approve(mirror())).isInstanceOf(IllegalStateException.class);
    EtcdMirror mirror = following();
    assertThatThrownBy(() -> approve(mirror)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void approvalOfReplacedPlanIsRefused() throws Exception {
    source.put("/conf/0", "only");
    presetSurplusKeys(0, 200);
    EtcdMirror mirror = blocked();
    String first = requireNonNull(mirror.status().pending()).token();
    Faults.Gate gate = source.faults.block("snapshot");
    approve(mirror);
    gate.awaitReached();
    source.delete("/conf/0");
    gate.release();
    eventually(() -> told.blocked.size() == 2);
    PendingApproval second = requireNonNull(mirror.status().pending());
    assertThat(second.token()).isNotEqualTo(first);
    assertThatThrownBy(() -> mirror.approve(first))
        .isInstanceOfSatisfying(
            OtherApprovalException.class, e -> assertThat(e.pending()).isEqualTo(second))
        .hasMessageContainingAll(second.token(), second.reason());
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    assertThat(mirror.status().pending()).isEqualTo(second);
    assertThat(sink.values()).hasSize(200);
    approveAndFollow(mirror);
  }

  @Test
  void approvalCannotBeGivenTwice() throws Exception {
    presetSurplusKeys(0, 3);
    EtcdMirror mirror = blocked();
    Faults.Gate gate = source.faults.block("snapshot");
    approve(mirror);
    assertThatThrownBy(() -> approve(mirror)).isInstanceOf(IllegalStateException.class);
    gate.awaitReached();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.RESYNCING);
    gate.release();
    level(mirror);
  }

  @Test
  void aListenerMayApprove() throws Exception {
    presetSurplusKeys(0, 3);
    Approver approver = new Approver();
    approver.mirror = mirror(b -> b.listener(approver));
    approver.mirror.start();
    eventually(() -> sink.values().isEmpty());
    awaitState(approver.mirror, MirrorState.FOLLOWING);
  }

  private static final class Approver implements MirrorListener {
    private @Nullable EtcdMirror mirror;

    @Override
    public void onBlocked(PendingApproval pending) {
      if (mirror != null) {
        mirror.approve(pending.token());
      }
    }
  }

  @Test
  void syncOnceFailsInsteadOfBlocking() {
    presetSurplusKeys(0, 3);
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::syncOnce).hasCauseInstanceOf(DeleteLimitException.class);
    assertThat(told.blocked).isEqualTo(List.of());
    assertThat(sink.values()).hasSize(3);
  }

  @Test
  void massDeleteInStreamIsAppliedWithoutApproval() throws Exception {
    for (int i = 0; i < 200; i++) {
      source.put("/conf/" + i, "v");
    }
    EtcdMirror mirror = following(b -> b.deleteLimit(FEW));
    source.deleteTree("/conf");
    level(mirror);
    assertThat(sink.values()).isEmpty();
    assertThat(told.blocked).isEmpty();
  }
}
