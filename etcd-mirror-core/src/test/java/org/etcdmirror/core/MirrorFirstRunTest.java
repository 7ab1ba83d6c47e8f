package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.junit.jupiter.api.Test;

/** A first run is no gap, and stays a first run until its copy is finished. */
class MirrorFirstRunTest extends MirrorFixture {

  private static final String NOTE = MirrorNotLevelTest.NOTE;

  private EtcdMirror careful() {
    return mirror(
        b -> b.recoveryPolicy(RecoveryPolicy.fail()).deleteLimit(new DeleteLimit(10, 10, false)));
  }

  private void assertUnfinished() {
    Checkpoint stored = store.last();
    assertThat(stored.index()).isZero();
    assertThat(stored.notes().get(NOTE)).startsWith("NO_CHECKPOINT ");
  }

  @Test
  void aFirstRunIsNoGap() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    assertThat(told.gaps).isEmpty();
    assertThat(told.ended).isEmpty();
    assertThat(mirror.status().gaps()).isEmpty();
    assertThat(mirror.status().counters().gaps()).isZero();
    assertThat(mirror.status().counters().gapEvents()).isZero();
    eventually(() -> told.resyncs.size() == 1);
    assertThat(told.resyncs.get(0).gap().reason()).isEqualTo(Gap.Reason.NO_CHECKPOINT);
  }

  @Test
  void unfinishedCopyIsNotedBeforeFirstWrite() throws Exception {
    source.put("/conf/a", "1");
    Faults.Gate apply = sink.faults.block("apply");
    EtcdMirror mirror = started();
    apply.awaitReached();
    assertUnfinished();
    assertThat(mirror.status().index()).isZero();
    assertThat(mirror.status().storedIndex()).isZero();
    assertThat(mirror.await(0, Duration.ZERO)).isFalse();
    awaitState(mirror, MirrorState.RESYNCING);
    apply.release();
    level(mirror);
    eventually(() -> !store.notes().containsKey(NOTE));
  }

  @Test
  void interruptedCopyIsStillFirstRun() throws Exception {
    for (int i = 0; i < 2500; i++) {
      source.put("/conf/" + i, "v");
    }
    int[] applies = {0};
    sink.faults.failAlways("apply", () -> ++applies[0] > 1 ? new IOException("full") : null);
    EtcdMirror first = careful();
    first.start();
    eventually(() -> sink.faults.calls("apply") > 1);
    first.close();
    assertUnfinished();
    assertThat(sink.values()).isNotEmpty();
    sink.faults.healAll();
    source.foreignWrites(10);
    source.clearHistory();
    EtcdMirror second = careful();
    second.start();
    awaitState(second, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.gaps).isEmpty();
    assertThat(told.resyncs.get(0).gap().reason()).isEqualTo(Gap.Reason.NO_CHECKPOINT);
  }

  @Test
  void interruptedCopyKeepsDeleteLimitOfFirstRun() throws Exception {
    source.put("/conf/0", "new");
    for (int i = 0; i < 200; i++) {
      sink.preset("/conf/" + i, "old");
    }
    Map<String, String> before = sink.values();
    for (int run = 0; run < 2; run++) {
      EtcdMirror mirror = careful();
      mirror.start();
      awaitState(mirror, MirrorState.BLOCKED);
      assertUnfinished();
      assertThat(sink.values()).isEqualTo(before);
      mirror.close();
    }
    assertThat(told.gaps).isEmpty();
  }

  @Test
  void interruptedCopyIsForeseenAsFirstRun() throws Exception {
    source.put("/conf/a", "1");
    sink.faults.failAlways("apply", () -> new IOException("not now"));
    EtcdMirror first = started();
    eventually(() -> sink.faults.calls("apply") > 0);
    first.close();
    source.replaceCluster("cluster-2", 50);
    assertThat(mirror().foreseeGap()).map(Gap::reason).contains(Gap.Reason.NO_CHECKPOINT);
    assertThat(mirror().foreseeGap()).map(Gap::from).contains(0L);
  }
}
