package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.internal.checkpoint.AnchorNote;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The forecast names the gap that a start then finds. */
class ForeseenGapTest extends MirrorFixture {

  private void make(Gap.Reason reason) {
    source.put("/conf/a", "1");
    source.foreignWrites(1000);
    resumable(source.index());
    switch (reason) {
      case NO_CHECKPOINT -> store = new FakeStore();
      case HISTORY_CLEARED -> {
        source.put("/conf/a", "2");
        source.clearHistory();
      }
      case CLUSTER_REPLACED -> source.replaceCluster("cluster-2", 5_000);
      case INDEX_WENT_BACKWARDS -> source.goBackTo(50);
      case SCOPE_CHANGED -> store.preset(source.index(), source.clusterId(), "another scope");
      case FORCED -> store.presetNotes(Map.of("must-compare-at-start", "for a test"));
      case SINK_DRIFTED, SINK_ROLLED_BACK, HISTORY_COMPACTED, INDEX_DISPROVED, CATCH_UP ->
          store.presetNotes(
              Map.of("must-compare", reason + " at index 7 since 2026-01-02T03:04:05Z"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachGapIsForeseen(Gap.Reason reason) throws Exception {
    make(reason);
    EtcdMirror mirror = mirror(b -> b.deleteLimit(DeleteLimit.percent(100)));

    Optional<Gap> foreseen = mirror.foreseeGap();

    assertThat(foreseen).map(Gap::reason).contains(reason);
    assertThat(told.gaps).isEmpty();
    assertThat(source.openStreams()).isZero();
    mirror.start();
    eventually(() -> !told.resyncs.isEmpty());
    assertThat(told.resyncs.get(0).gap()).isEqualTo(foreseen.get());
  }

  @Test
  void replacedHistoryUnderSameClusterIdIsForeseen() throws Exception {
    long version = source.put("/conf/a", "1");
    source.foreignWrites(1000);
    Anchor anchor = new Anchor(Bytes.utf8("/conf/a"), version, source.index());
    store.preset(
        new Checkpoint(
                source.index(),
                source.clusterId(),
                scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE),
                Instant.EPOCH)
            .withNotes(Map.of("anchor", AnchorNote.format(anchor))));
    assertThat(mirror().foreseeGap()).isEmpty();

    source.goBackTo(50);
    source.foreignWrites(5000);

    assertThat(mirror().foreseeGap()).map(Gap::reason).contains(Gap.Reason.CLUSTER_REPLACED);
  }

  @Test
  void noGapIsForeseenIfStartContinues() throws Exception {
    source.put("/conf/a", "1");
    resumable(source.index());
    source.put("/conf/a", "2");
    EtcdMirror mirror = mirror();

    assertThat(mirror.foreseeGap()).isEmpty();
    assertThat(source.openStreams()).isZero();
    assertThat(sink.batches()).isEmpty();
  }

  @Test
  void forecastIsRefusedForRunningMirror() throws Exception {
    EtcdMirror mirror = following();

    assertThatThrownBy(mirror::foreseeGap)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("FOLLOWING");
  }
}
