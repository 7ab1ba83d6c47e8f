package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorFailedException;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.ResyncReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mirror applies its recovery policy when its index left the source's history. */
@Tag("long")
@Timeout(600)
class GapTest {

  private Mirroring pair;
  private final List<Gap> gaps = new CopyOnWriteArrayList<>();
  private final List<ResyncReport> resyncs = new CopyOnWriteArrayList<>();
  private final MirrorListener recorder =
      new MirrorListener() {
        @Override
        public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
          gaps.add(gap);
        }

        @Override
        public void onResync(ResyncReport report) {
          resyncs.add(report);
        }
      };

  @BeforeEach
  void startServers() {
    pair = Mirroring.start();
  }

  @AfterEach
  void stopServers() {
    pair.close();
  }

  /** Mirrors 200 keys, stops the mirror, changes some keys and outruns the source's history. */
  private long fallOutOfHistory() {
    for (int i = 0; i < 200; i++) {
      pair.source.put("/conf/pool/" + i, "v" + i);
    }
    long stored;
    try (EtcdMirror mirror = pair.started()) {
      stored = mirror.status().index();
    }
    pair.source.put("/conf/pool/7", "changed");
    pair.source.put("/conf/new", "new");
    pair.source.delete("/conf/pool/8", "");
    pair.source.delete("/conf/pool/9", "");
    pair.foreignEvents(1_600);
    return stored;
  }

  @Test
  void clearedHistoryFailsMirrorUnderFailPolicyAndNamesBothIndexes() {
    long stored = fallOutOfHistory();
    Map<String, String> before = pair.sink.tree("/conf");
    try (EtcdMirror mirror = pair.mirror(b -> b.recoveryPolicy(RecoveryPolicy.fail()))) {
      assertThatThrownBy(mirror::run)
          .isInstanceOf(MirrorFailedException.class)
          .hasMessageContaining("stored index " + stored)
          .hasMessageContaining("current " + pair.source.index());
      assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED);
    }
    assertThat(pair.sink.tree("/conf")).as("no data was written").isEqualTo(before);
  }

  @Test
  void resyncAfterClearedHistoryWritesOnlyDifferences() {
    fallOutOfHistory();
    long sinkIndex = pair.sink.index();
    try (EtcdMirror mirror = pair.started(b -> b.listener(recorder))) {
      pair.assertEqual();
    }
    assertThat(gaps).singleElement().extracting(Gap::reason).isEqualTo(Gap.Reason.HISTORY_CLEARED);
    ResyncReport report = resyncs.get(0);
    assertThat(report.written()).isEqualTo(2);
    assertThat(report.deleted()).isEqualTo(2);
    // Two writes, two deletes and a few writes of the checkpoint with its notes: far fewer than
    // all.
    assertThat(pair.sink.index() - sinkIndex).isBetween(4L, 24L);
    assertThat(pair.sink.get("/conf/pool/1", "").modifiedIndex())
        .as("an equal key is not written again")
        .isLessThan(sinkIndex);
  }

  @Test
  void skipGapPolicyDropsMissedChangesAndFollowsNewOnes() {
    fallOutOfHistory();
    try (EtcdMirror mirror =
        pair.started(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()).listener(recorder))) {
      pair.source.put("/conf/after", "seen");
      pair.awaitLevel(mirror);
      assertThat(pair.sink.tree("/conf"))
          .containsEntry("/conf/after", "seen")
          .containsEntry("/conf/pool/7", "v7")
          .doesNotContainKey("/conf/new");
      assertThat(mirror.status().counters().resyncs()).isZero();
    }
  }

  @Test
  void deletesMadeWhileMirrorWasStoppedAreApplied() {
    for (int i = 0; i < 50; i++) {
      pair.source.put("/conf/pool/" + i, "v" + i);
    }
    pair.source.put("/conf/tree/a/b", "1");
    pair.started().close();
    pair.source.delete("/conf/tree", "recursive=true");
    for (int i = 0; i < 25; i++) {
      pair.source.delete("/conf/pool/" + i, "");
    }
    try (EtcdMirror mirror = pair.started()) {
      pair.assertEqual();
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }

  @Test
  void wipedSourceWithSameClusterIdIsGapAndDoesNotEmptySink() {
    for (int i = 0; i < 50; i++) {
      pair.source.put("/conf/pool/" + i, "v" + i);
    }
    pair.started().close();
    Map<String, String> before = pair.sink.tree("/conf");
    pair.sourceEtcd.wipeKeepingClusterId();
    try (EtcdMirror mirror = pair.mirror(b -> b.listener(recorder))) {
      mirror.start();
      Mirroring.eventually(
          "blocked", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED));
      assertThat(mirror.status().lastError()).contains(": the source is empty");
    }
    assertThat(gaps).extracting(Gap::reason).containsOnly(Gap.Reason.INDEX_WENT_BACKWARDS);
    assertThat(pair.sink.tree("/conf")).isEqualTo(before);
  }

  @Test
  void wipedSourceIsDetectedWhileFollowing() {
    for (int i = 0; i < 50; i++) {
      pair.source.put("/conf/pool/" + i, "v" + i);
    }
    try (EtcdMirror mirror =
        pair.started(b -> b.listener(recorder).deleteLimit(DeleteLimit.percent(100)))) {
      pair.sourceEtcd.wipeKeepingClusterId();
      pair.source.put("/conf/reborn", "1");
      Mirroring.eventually("resynced", pair::assertEqual);
      assertThat(gaps).extracting(Gap::reason).contains(Gap.Reason.INDEX_WENT_BACKWARDS);
    }
  }

  @Test
  void replacedSourceClusterIsReportedAsGap() {
    pair.source.put("/conf/a", "1");
    pair.started().close();
    pair.sourceEtcd.wipe();
    pair.source.put("/conf/b", "2");
    for (int i = 0; i < 20; i++) {
      pair.source.put("/conf/more", "" + i);
    }
    try (EtcdMirror mirror = pair.started(b -> b.listener(recorder))) {
      MirrorStatus status = mirror.status();
      pair.assertEqual();
      assertThat(status.counters().resyncs()).isEqualTo(1);
    }
    assertThat(gaps).extracting(Gap::reason).containsExactly(Gap.Reason.CLUSTER_REPLACED);
  }
}
