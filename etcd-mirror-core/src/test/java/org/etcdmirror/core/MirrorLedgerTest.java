package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.internal.run.GapLedger;
import org.etcdmirror.core.internal.run.Progress;
import org.junit.jupiter.api.Test;

/** Each gap ends in a record. */
class MirrorLedgerTest extends MirrorFixture {

  private static final DeleteLimit ANY = DeleteLimit.percent(100);

  /** The sink equals the source, then 994 events are made and cleared. */
  private void clearedGap() {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    resumable(source.index());
    source.foreignWrites(993);
    source.put("/conf/a", "1");
    source.clearHistory();
  }

  private GapRecord only(EtcdMirror mirror) {
    assertThat(told.ended).hasSize(1).isEqualTo(mirror.status().gaps());
    return told.ended.get(0);
  }

  @Test
  void resyncWithoutDifferencesIsRecorded() throws Exception {
    clearedGap();
    EtcdMirror mirror = following();
    GapRecord record = only(mirror);
    assertThat(record.describe()).startsWith("gap of 994 events, 0 keys differed, 0 deleted, ");
    assertThat(record.decision()).isEqualTo(Decision.RESYNC);
    assertThat(record.duration()).isPositive();
    assertThat(mirror.status().counters().gapEvents()).isEqualTo(994);
  }

  @Test
  void skippedGapIsRecordedAsLoss() throws Exception {
    clearedGap();
    EtcdMirror mirror = following(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    GapRecord record = only(mirror);
    assertThat(record.decision()).isEqualTo(Decision.SKIP_GAP);
    assertThat(record.describe()).startsWith("gap of 994 events, skipped, its changes are lost");
  }

  @Test
  void gapThatFailsMirrorIsRecordedAsOpen() {
    clearedGap();
    EtcdMirror mirror = started(b -> b.recoveryPolicy(RecoveryPolicy.fail()));
    awaitState(mirror, MirrorState.FAILED);
    GapRecord record = only(mirror);
    assertThat(record.decision()).isEqualTo(Decision.FAIL);
    assertThat(record.describe()).startsWith("gap of 994 events, left open");
  }

  @Test
  void writesOfFailedAttemptsAreCounted() throws Exception {
    resumable(source.index());
    for (int i = 0; i < 2500; i++) {
      source.put("/conf/" + i, "v");
    }
    source.clearHistory();
    // The first batches are written, then the sink fails; the next attempt writes the rest.
    sink.faults.failNext("snapshot", new IOException("not at first"));
    int[] applies = {0};
    sink.faults.failAlways(
        "apply", () -> ++applies[0] == 3 ? new IOException("not the third") : null);
    EtcdMirror mirror = following();
    GapRecord record = only(mirror);
    assertThat(record.written()).isEqualTo(2501);
    assertThat(told.retries).hasSize(2);
    assertThat(mirror.status().counters().keysWritten()).isEqualTo(2501);
  }

  @Test
  void gapDurationStartsWhenGapIsFound() throws Exception {
    clearedGap();
    IOException down = new IOException("down");
    source.faults.failNext("open now", Collections.nCopies(5, down).toArray(Throwable[]::new));
    following(b -> b.backoff(Duration.ofMillis(40), Duration.ofMillis(40)));
    assertThat(told.gaps).hasSize(1);
    Duration waited = told.pauses.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(told.ended.get(0).duration()).isGreaterThanOrEqualTo(waited);
  }

  @Test
  void gapClosedByEarlierResyncHasItsOwnRecord() throws Exception {
    clearedGap();
    Faults.Gate gate = source.faults.block("snapshot");
    EtcdMirror mirror = started();
    gate.awaitReached();
    Faults.Gate poll = source.faults.block("poll");
    source.foreignWrites(1);
    poll.awaitReached();
    source.put("/conf/b", "2");
    source.clearHistory();
    poll.release();
    eventually(() -> told.gaps.size() == 2 && source.openStreams() == 1);
    gate.release();
    eventually(() -> told.ended.size() == 2);
    assertThat(told.ended)
        .extracting(record -> record.gap().reason())
        .containsExactly(Gap.Reason.HISTORY_CLEARED, Gap.Reason.HISTORY_CLEARED);
    assertThat(told.ended.get(0).written()).isEqualTo(1);
    assertThat(told.ended.get(1).written()).isZero();
    assertThat(told.resyncs).hasSize(1);
    assertThat(mirror.status().gaps()).hasSize(2);
  }

  @Test
  void repeatedResyncIsRecordedAsOneGap() throws Exception {
    source.put("/conf/a", "1");
    source.foreignWrites(100);
    store.preset(source.index(), source.clusterId(), "another scope");
    source.nextSnapshotsAreBehind(2, 50);
    EtcdMirror mirror = following();
    assertThat(told.gaps).hasSize(1);
    assertThat(only(mirror).written()).isEqualTo(2);
    assertThat(mirror.status().counters().gaps()).isEqualTo(1);
  }

  @Test
  void syncOnceRecordsItsGap() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = mirror();
    assertThat(mirror.syncOnce().describe()).startsWith("first copy at index ");
    assertThat(told.ended).as("a first run is no gap").isEmpty();
    source = new FakeSource(source.keyModel());
    source.replaceCluster("cluster-2", 500);
    EtcdMirror second = mirror(b -> b.deleteLimit(ANY));
    second.syncOnce();
    assertThat(second.status().gaps())
        .singleElement()
        .satisfies(record -> {
          assertThat(record.gap().reason()).isEqualTo(Gap.Reason.CLUSTER_REPLACED);
          assertThat(record.deleted()).isEqualTo(2);
        });
  }

  @Test
  void listenerHearsGapThenResyncThenGapEnd() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    MirrorListener listener =
        new MirrorListener() {
          @Override
          public void onGap(Gap gap, Decision decision) {
            order.add("gap");
          }

          @Override
          public void onResync(ResyncReport report) {
            order.add("resync");
          }

          @Override
          public void onGapEnded(GapRecord gap) {
            order.add("ended");
          }
        };
    clearedGap();
    following(b -> b.listener(listener));
    assertThat(order).containsExactly("gap", "resync", "ended");
  }

  @Test
  void lastHundredGapRecordsAreKept() {
    Progress progress = new Progress();
    GapLedger gaps = new GapLedger("test", progress, told);
    for (int i = 0; i < 150; i++) {
      Gap gap = new Gap(Gap.Reason.FORCED, i, 0, i + 2);
      gaps.found(gap, Decision.RESYNC);
      gaps.ended(gap, Decision.RESYNC, i, 0);
    }
    List<GapRecord> kept = progress.status("test", MirrorState.FOLLOWING).gaps();
    assertThat(kept).hasSize(100);
    assertThat(kept.get(99).written()).isEqualTo(149);
    assertThat(told.ended).hasSize(150);
    assertThat(progress.status("test", MirrorState.FOLLOWING).counters().gapEvents())
        .isEqualTo(300);
  }
}
