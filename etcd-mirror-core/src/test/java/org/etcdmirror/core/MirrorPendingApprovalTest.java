package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.junit.jupiter.api.Test;

/** A pending approval follows the changes of both sides. */
class MirrorPendingApprovalTest extends MirrorFixture {

  private static final DeleteLimit FEW = new DeleteLimit(10, 10, false);

  /** The sink equals the source, which then loses half of its keys and its history. */
  private EtcdMirror blockedByFiftyDeletes() {
    for (int i = 0; i < 100; i++) {
      source.put("/conf/" + i, "old");
      sink.preset("/conf/" + i, "old");
    }
    resumable(source.index());
    for (int i = 0; i < 50; i++) {
      source.delete("/conf/" + i);
    }
    source.clearHistory();
    return blocked();
  }

  private EtcdMirror blocked() {
    EtcdMirror mirror =
        started(b -> b.deleteLimit(FEW).lookAgain(Duration.ofMillis(20), Duration.ofMillis(50)));
    awaitState(mirror, MirrorState.BLOCKED);
    return mirror;
  }

  private void putBack(int from, int to) {
    for (int i = from; i < to; i++) {
      source.put("/conf/" + i, "old");
    }
  }

  private static PendingApproval pending(EtcdMirror mirror) {
    return requireNonNull(mirror.status().pending());
  }

  private static ResyncPlan plan(EtcdMirror mirror) {
    return requireNonNull(pending(mirror).plan());
  }

  private void assertFollowsWithoutApproval(EtcdMirror mirror) throws InterruptedException {
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(mirror.status().pending()).isNull();
    assertThat(sink.values()).isEqualTo(source.values());
    assertThatThrownBy(() -> approve(mirror)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void pendingApprovalIsWithdrawnWhenEntriesReturn() throws Exception {
    EtcdMirror mirror = blockedByFiftyDeletes();
    putBack(0, 50);
    assertFollowsWithoutApproval(mirror);
    assertThat(sink.events()).noneMatch(event -> event instanceof Delete);
    assertThat(told.blocked).isNotEmpty();
  }

  @Test
  void pendingApprovalIsWithdrawnWhenDeletesFallBelowLimit() throws Exception {
    EtcdMirror mirror = blockedByFiftyDeletes();
    putBack(0, 45);
    assertFollowsWithoutApproval(mirror);
  }

  @Test
  void pendingApprovalStaysWhileWipedSourceRefills() {
    for (int i = 0; i < 20; i++) {
      source.put("/conf/" + i, "old");
      sink.preset("/conf/" + i, "old");
    }
    resumable(source.index());
    source.wipe(5);
    EtcdMirror mirror = started(b -> b.lookAgain(Duration.ofMillis(20), Duration.ofMillis(50)));
    awaitState(mirror, MirrorState.BLOCKED);
    Map<String, String> before = sink.values();
    putBack(0, 5);
    eventually(() -> plan(mirror).deletes() == 15);
    assertThat(plan(mirror).refusal())
        .contains(": more than 10% of the sink (after a refused plan, both limits must hold)");
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    assertThat(sink.values()).isEqualTo(before);
  }

  @Test
  void pendingApprovalIsWithdrawnWhenSurplusKeysAreRemoved() throws Exception {
    sink.preset("/conf/0", "theirs");
    EtcdMirror mirror = started(b -> b.lookAgain(Duration.ofMillis(20), Duration.ofMillis(50)));
    awaitState(mirror, MirrorState.BLOCKED);
    source.put("/conf/a", "1");
    sink.lose("/conf/0");
    assertFollowsWithoutApproval(mirror);
  }

  @Test
  void pendingApprovalIsWithdrawnWhenDataReturnsAtLargerIndex() throws Exception {
    for (int i = 0; i < 100; i++) {
      source.put("/conf/" + i, "old");
      sink.preset("/conf/" + i, "old");
    }
    resumable(source.index());
    long before = source.index();
    source.wipe(5);
    EtcdMirror mirror = blocked();
    assertThat(plan(mirror).deletes()).isGreaterThanOrEqualTo(100);
    // The stream does not break, so only a new look at both sides finds it.
    putBack(0, 100);
    source.foreignWrites(before);
    assertFollowsWithoutApproval(mirror);
    assertThat(sink.events()).noneMatch(event -> event instanceof Delete);
  }

  @Test
  void changedPlanGetsNewToken() throws Exception {
    EtcdMirror mirror = blockedByFiftyDeletes();
    PendingApproval first = pending(mirror);
    putBack(0, 10);
    eventually(() -> plan(mirror).deletes() == 40);
    PendingApproval second = pending(mirror);
    assertThat(second.token()).isNotEqualTo(first.token());
    assertThat(second.since()).isEqualTo(first.since());
    eventually(() -> told.blocked.contains(second));
    assertThatThrownBy(() -> mirror.approve(first.token()))
        .isInstanceOf(OtherApprovalException.class);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    mirror.approve(second.token());
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void restartBlocksAgainAlthoughFewerDeletesRemain() throws Exception {
    for (int i = 0; i < 90; i++) {
      source.put("/conf/" + i, "old");
      sink.preset("/conf/" + i, "old");
    }
    resumable(source.index());
    for (int i = 0; i < 90; i++) {
      source.delete("/conf/" + i);
    }
    source.clearHistory();
    EtcdMirror first = started();
    awaitState(first, MirrorState.BLOCKED);
    // Now there are fewer deletes than the limit refuses at first.
    source.put("/conf/0", "old");
    first.close();

    EtcdMirror mirror = started();

    awaitState(mirror, MirrorState.BLOCKED);
    assertThat(sink.values()).hasSize(90);
    approve(mirror);
    assertFollowsWithoutApproval(mirror);
    assertThat(store.last().notes()).doesNotContainKey("asked");
  }

  @Test
  void planWithOnlyNewerIndexKeepsToken() {
    EtcdMirror mirror = blockedByFiftyDeletes();
    String token = pending(mirror).token();
    source.foreignWrites(1000);
    eventually(() -> plan(mirror).index() == source.index());
    assertThat(pending(mirror).token()).isEqualTo(token);
    assertThat(told.blocked).hasSize(1);
  }

  @Test
  void refreshingPlanWritesNothing() {
    EtcdMirror mirror = blockedByFiftyDeletes();
    Map<String, String> before = sink.values();
    source.put("/conf/99", "new");
    eventually(() -> plan(mirror).writes() == 1);
    int reads = source.faults.calls("snapshot");
    eventually(() -> source.faults.calls("snapshot") > reads + 1);
    assertThat(sink.values()).isEqualTo(before);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
  }

  @Test
  void pendingApprovalStaysWhileSourceCannotBeRead() throws Exception {
    EtcdMirror mirror = blockedByFiftyDeletes();
    PendingApproval asked = pending(mirror);
    int reads = source.faults.calls("snapshot");
    source.faults.failAlways("snapshot", () -> new IOException("not now"));
    putBack(0, 50);
    eventually(() -> source.faults.calls("snapshot") > reads + 1);
    assertThat(pending(mirror)).isEqualTo(asked);
    source.faults.heal("snapshot");
    assertFollowsWithoutApproval(mirror);
  }

  @Test
  void pendingApprovalIsNotWithdrawnWhilePaused() throws Exception {
    EtcdMirror mirror = blockedByFiftyDeletes();
    mirror.pause();
    int reads = source.faults.calls("snapshot");
    putBack(0, 50);
    eventually(() -> mirror.status().sourceIndex() == source.index());
    assertThat(source.faults.calls("snapshot")).isBetween(reads, reads + 1);
    assertThat(mirror.status().pending()).isNotNull();
    mirror.resume();
    assertFollowsWithoutApproval(mirror);
  }
}
