package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MirrorGapTest extends MirrorFixture {

  private static final DeleteLimit ANY = DeleteLimit.percent(100);

  @Test
  void theFirstRunResyncs() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "2");
    source.put("/other/c", "3");
    sink.preset("/conf/b", "old");
    EtcdMirror mirror = following();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1", "/conf/b", "2"));
    assertThat(told.reasons()).isEmpty();
    assertThat(mirror.status().counters().resyncs()).isEqualTo(1);
    eventually(() -> store.index() == source.index());
  }

  @Test
  void mirrorResumesFromCheckpointWithoutSnapshot() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    resumable(source.index());
    source.put("/conf/b", "2");
    source.delete("/conf/a");
    following();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/b", "2"));
    assertThat(source.faults.calls("snapshot")).isZero();
    assertThat(told.gaps).isEmpty();
  }

  /** Makes the gap and leaves a key in the sink that the source no longer has. */
  private void make(Gap.Reason reason) {
    source.put("/conf/stale", "x");
    sink.preset("/conf/stale", "x");
    source.foreignWrites(1000);
    resumable(source.index());
    switch (reason) {
      case HISTORY_CLEARED -> {
        source.put("/conf/kept", "1");
        source.delete("/conf/stale");
        source.clearHistory();
      }
      case CLUSTER_REPLACED -> source.replaceCluster("cluster-2", 5_000);
      case INDEX_WENT_BACKWARDS -> source.goBackTo(50);
      case SCOPE_CHANGED -> {
        source.put("/conf/kept", "1");
        source.delete("/conf/stale");
        store.preset(source.index(), source.clusterId(), "another scope");
      }
      default -> throw new IllegalArgumentException(reason.name());
    }
    source.put("/conf/new", "2");
    if (reason == Gap.Reason.HISTORY_CLEARED) {
      source.clearHistory();
    }
  }

  /** The gaps that a start finds by itself. */
  static Set<Gap.Reason> foundAtStart() {
    return EnumSet.of(
        Gap.Reason.HISTORY_CLEARED,
        Gap.Reason.CLUSTER_REPLACED,
        Gap.Reason.INDEX_WENT_BACKWARDS,
        Gap.Reason.SCOPE_CHANGED);
  }

  @ParameterizedTest
  @MethodSource("foundAtStart")
  void eachGapIsClosedByAResync(Gap.Reason reason) throws Exception {
    make(reason);
    following(b -> b.deleteLimit(ANY));
    assertThat(sink.values()).isEqualTo(source.values());
    source.put("/conf/later", "3");
    source.delete("/conf/new");
    eventually(() -> sink.values().equals(source.values()));
    eventually(() -> store.index() == source.index());
    assertThat(told.reasons()).containsExactly(reason);
    assertThat(told.resyncs).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("foundAtStart")
  void eachGapFailsMirrorUnderFailPolicy(Gap.Reason reason) {
    make(reason);
    long stored = store.index();
    EtcdMirror mirror = mirror(b -> b.recoveryPolicy(RecoveryPolicy.fail()));
    assertThatThrownBy(mirror::run)
        .isInstanceOf(MirrorFailedException.class)
        .cause()
        .isInstanceOfSatisfying(
            GapException.class, e -> assertThat(e.gap().reason()).isEqualTo(reason));
    assertThat(sink.batches()).isEmpty();
    assertThat(store.index()).isEqualTo(stored);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("the recovery policy is to stop");
  }

  @ParameterizedTest
  @MethodSource("foundAtStart")
  void eachGapCanBeSkipped(Gap.Reason reason) throws Exception {
    make(reason);
    following(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    assertThat(sink.values()).isEqualTo(Map.of("/conf/stale", "x"));
    source.put("/conf/later", "3");
    eventually(() -> sink.values().containsKey("/conf/later"));
    eventually(() -> store.index() == source.index());
    assertThat(source.faults.calls("snapshot")).isZero();
    assertThat(told.reasons()).containsExactly(reason);
  }

  /** Otherwise what differs would stay so, though its repair was begun. */
  @Test
  void gapIsNotSkippedWhileARepairIsWanted() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror =
        following(b ->
            b.recoveryPolicy(RecoveryPolicy.skipGap())
                .verification(Verification.every(Duration.ofMillis(20)).repair()));
    Faults.Gate confirm = store.faults.block("confirm");
    confirm.awaitReached();
    sink.preset("/conf/a", "drifted");
    eventually(() -> told.verified.stream().anyMatch(report -> report.differences() > 0));
    // While the reader looks, so that it does not learn of these writes before they are history.
    Faults.Gate poll = source.faults.block("poll");
    source.foreignWrites(1);
    poll.awaitReached();
    source.foreignWrites(10);
    source.clearHistory();
    source.breakStreams();
    poll.release();
    eventually(() -> mirror.runtime().doubts().isAnswered());
    handedOver(mirror);
    confirm.release();
    eventually(() -> sink.values().equals(source.values()));
    eventually(() -> told.ended.size() > 0);
    assertThat(told.ended)
        .extracting(GapRecord::decision)
        .doesNotContain(RecoveryPolicy.Decision.SKIP_GAP);
  }

  @ParameterizedTest
  @EnumSource(names = {"INDEX_WENT_BACKWARDS", "CLUSTER_REPLACED"})
  void sourceReplacedWhileFollowingIsDetected(Gap.Reason reason) throws Exception {
    source.put("/conf/a", "1");
    source.foreignWrites(1000);
    EtcdMirror mirror = following(b -> b.deleteLimit(ANY));
    if (reason == Gap.Reason.CLUSTER_REPLACED) {
      source.replaceCluster("cluster-2", 50);
    } else {
      source.goBackTo(50);
    }
    source.put("/conf/b", "2");
    eventually(() -> sink.values().equals(Map.of("/conf/b", "2")));
    eventually(() -> store.index() == source.index());
    assertThat(told.reasons()).containsExactly(reason);
    assertThat(mirror.status().sourceIndex()).isEqualTo(source.index());
  }

  @ParameterizedTest
  @EnumSource(names = {"INDEX_WENT_BACKWARDS", "CLUSTER_REPLACED"})
  void sourceReplacedWhileResyncRetriesIsDetected(Gap.Reason reason) throws Exception {
    source.put("/conf/a", "1");
    source.foreignWrites(1000);
    source.faults.failAlways("snapshot", () -> new IOException("not now"));
    EtcdMirror mirror = started(b -> b.deleteLimit(ANY));
    awaitState(mirror, MirrorState.RETRYING);
    if (reason == Gap.Reason.CLUSTER_REPLACED) {
      source.replaceCluster("cluster-2", 50);
    } else {
      source.goBackTo(50);
    }
    source.put("/conf/b", "2");
    eventually(() -> told.reasons().contains(reason));
    source.faults.heal("snapshot");
    eventually(() -> sink.values().equals(Map.of("/conf/b", "2")));
    source.put("/conf/c", "3");
    eventually(() -> sink.values().equals(source.values()));
    eventually(() -> store.index() == source.index());
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  @Test
  void clusterReplacedDuringResyncIsDetected() throws Exception {
    source.put("/conf/a", "1");
    source.foreignWrites(1000);
    Faults.Gate gate = source.faults.block("snapshot");
    started(b -> b.deleteLimit(ANY));
    gate.awaitReached();
    source.replaceCluster("cluster-2", 50);
    source.put("/conf/b", "2");
    gate.release();
    eventually(() -> sink.values().equals(Map.of("/conf/b", "2")));
    source.put("/conf/c", "3");
    eventually(() -> sink.values().equals(source.values()));
    eventually(() -> store.index() == source.index());
  }

  @Test
  void snapshotOlderThanStreamIsRepeated() throws Exception {
    source.put("/conf/a", "1");
    source.foreignWrites(100);
    source.nextSnapshotsAreBehind(1, 50);
    EtcdMirror mirror = following();
    assertThat(source.faults.calls("snapshot")).isEqualTo(2);
    assertThat(mirror.status().counters().resyncs()).isEqualTo(1);
    // The second save says that the sink was empty.
    assertThat(store.saves()).extracting(Checkpoint::index).startsWith(0L, 0L, source.index());
  }

  @Test
  void gapDuringResyncIsClosedBySameResync() throws Exception {
    source.put("/conf/a", "1");
    Faults.Gate gate = source.faults.block("snapshot");
    EtcdMirror mirror = started(b -> b.deleteLimit(ANY));
    gate.awaitReached();
    loseHistoryWith("/conf/b");
    // The next stream is open, so the snapshot of the resync is newer than its start.
    eventually(() -> told.gaps.size() == 1 && source.openStreams() == 1);
    gate.release();
    level(mirror);
    source.delete("/conf/a");
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.resyncs).as("one resync covers both gaps").hasSize(1);
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  @Test
  void historyClearedWhileFollowingIsGap() throws Exception {
    EtcdMirror mirror = following();
    loseHistoryWith("/conf/b");
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.reasons()).containsExactly(Gap.Reason.HISTORY_CLEARED);
    assertThat(told.gaps.get(0).from()).isEqualTo(source.index() - 1);
  }

  /** Writes a key whose event is cleared before the next poll. */
  private void loseHistoryWith(String key) throws InterruptedException {
    Faults.Gate poll = source.faults.block("poll");
    source.foreignWrites(1);
    poll.awaitReached();
    source.put(key, "lost");
    source.clearHistory();
    poll.release();
  }

  @Test
  void gapIsReportedOnceDespiteRepeatedFailures() throws Exception {
    source.put("/conf/a", "1");
    resumable(source.index());
    source.foreignWrites(2);
    source.clearHistory();
    source.faults.failNext("open now", many(5, new IOException("not now")));
    EtcdMirror mirror = following();
    assertThat(told.gaps).hasSize(1);
    assertThat(mirror.status().counters().gaps()).isEqualTo(1);
    assertThat(mirror.status().counters().retries()).isEqualTo(5);
  }

  private static Throwable[] many(int count, Throwable failure) {
    return Collections.nCopies(count, failure).toArray(Throwable[]::new);
  }

  @Test
  void aPolicyThatThrowsStopsTheMirror() {
    make(Gap.Reason.HISTORY_CLEARED);
    IllegalStateException broken = new IllegalStateException("policy");
    EtcdMirror mirror =
        mirror(b ->
            b.recoveryPolicy(gap -> {
              throw broken;
            }));
    assertThatThrownBy(mirror::run).hasRootCause(broken).hasMessageContaining("MirrorGapTest");
    assertThat(sink.batches()).isEmpty();
  }

  @Test
  void nextRunFinishesResyncAfterIndexWentBackwards() throws Exception {
    source.put("/conf/stale", "x");
    sink.preset("/conf/stale", "x");
    source.foreignWrites(1000);
    resumable(source.index());
    source.goBackTo(50);
    sink.faults.failAlways("snapshot", () -> new IOException("not now"));
    EtcdMirror first = started();
    awaitState(first, MirrorState.RETRYING);
    eventually(() -> sink.faults.calls("snapshot") > 1);
    first.close();
    sink.faults.heal("snapshot");
    source.put("/conf/new", "1");
    source.foreignWrites(5000);
    following(b -> b.deleteLimit(ANY));
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void firstBatchCompletesCheckpointWithoutClusterId() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    store.preset(source.index(), null, scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE));
    following();
    // A checkpoint without it may be stored before the first batch arrives.
    eventually(() -> clusterIds().contains(source.clusterId()));
    assertThat(told.gaps).isEmpty();
  }

  private List<String> clusterIds() {
    return store.saves().stream().map(saved -> String.valueOf(saved.clusterId())).toList();
  }
}
