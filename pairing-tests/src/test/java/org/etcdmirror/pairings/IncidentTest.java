package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import org.etcdmirror.api.Gap;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.GapException;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.MirrorFailedException;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A quiet prefix, a busy neighbour, and a stored index that is more than 1000 events behind: what
 * stopped a mirror at index 3020127 while its source was at 3021261.
 */
@Tag("long")
@Timeout(600)
@EtcdTest
class IncidentTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private Link link;
  private long stored;

  IncidentTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  @BeforeEach
  void mirrorAQuietPrefix() throws Exception {
    link = new Link(Keyspace.of("v2", sourceEtcd), Keyspace.of("v2", sinkEtcd));
    for (int i = 0; i < 10; i++) {
      link.source().put("/conf/pool/" + i, "v" + i);
    }
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      mirror.close();
      stored = mirror.status().storedIndex();
    }
  }

  private void busyNeighbour() throws Exception {
    assertThat(PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 7, 162).succeeded())
        .isEqualTo(7 * 162);
  }

  private EtcdMirror under(RecoveryPolicy policy) {
    return link.mirror(builder -> builder.recoveryPolicy(policy));
  }

  private static GapRecord only(EtcdMirror mirror) {
    assertThat(mirror.status().gaps()).hasSize(1);
    return mirror.status().gaps().get(0);
  }

  private void assertFails(RecoveryPolicy policy) {
    try (EtcdMirror mirror = under(policy)) {
      assertThatThrownBy(mirror::run)
          .isInstanceOf(MirrorFailedException.class)
          .hasCauseInstanceOf(GapException.class)
          .hasMessageContaining("history is cleared")
          .hasMessageContaining("stored index " + stored)
          .hasMessageContaining("current " + link.source().index())
          .hasMessageContaining("(" + (link.source().index() - stored) + " events)");
      assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED);
      assertThat(only(mirror).decision()).isEqualTo(Decision.FAIL);
    }
  }

  private GapRecord assertResyncs(RecoveryPolicy policy) throws Exception {
    try (EtcdMirror mirror = under(policy)) {
      mirror.start();
      Link.awaitState(mirror, MirrorState.FOLLOWING);
      link.awaitEqual(mirror);
      GapRecord record = only(mirror);
      assertThat(record.decision()).isEqualTo(Decision.RESYNC);
      return record;
    }
  }

  @Test
  void resyncAfterLostHistoryFindsNoDifference() throws Exception {
    busyNeighbour();
    long sinkIndex = link.sink().index();
    GapRecord record = assertResyncs(RecoveryPolicy.resync());
    assertThat(record.gap().reason()).isEqualTo(Gap.Reason.HISTORY_CLEARED);
    assertThat(record.gap().from()).isEqualTo(stored);
    assertThat(record.gap().events()).isEqualTo(link.source().index() - stored).isGreaterThan(1000);
    assertThat(record.gap().lostEvents()).isEqualTo(record.gap().events() - 1000);
    assertThat(record.describe()).contains("0 keys differed, 0 deleted");
    assertThat(link.sink().index() - sinkIndex).as("the index and its metadata").isLessThan(6);
  }

  @Test
  void failPolicyStopsTheMirrorAndReportsTheIndexes() throws Exception {
    busyNeighbour();
    assertFails(RecoveryPolicy.fail());
  }

  @Test
  void skippedGapIsRecordedAsLoss() throws Exception {
    link.source().put("/conf/pool/3", "lost");
    busyNeighbour();
    try (EtcdMirror mirror = under(RecoveryPolicy.skipGap())) {
      mirror.start();
      Link.awaitState(mirror, MirrorState.FOLLOWING);
      link.source().put("/conf/pool/4", "seen");
      assertThat(mirror.await(link.source().index(), PATIENCE)).isTrue();
      assertThat(link.sink().values("/conf/"))
          .containsEntry("/conf/pool/3", "v3")
          .containsEntry("/conf/pool/4", "seen");
      assertThat(only(mirror).decision()).isEqualTo(Decision.SKIP_GAP);
      assertThat(only(mirror).describe()).contains("its changes are lost");
    }
  }

  @Test
  void boundedResyncPolicyResyncsUpToItsBoundAndFailsAbove() throws Exception {
    busyNeighbour();
    long events = link.source().index() - stored;
    assertFails(RecoveryPolicy.resync().upTo(events - 1, RecoveryPolicy.fail()));
    assertResyncs(RecoveryPolicy.resync().upTo(events, RecoveryPolicy.fail()));
  }

  @Test
  void runningMirrorHasNoGapUnderABusyNeighbour() throws Exception {
    try (EtcdMirror mirror = link.started(b -> b.recoveryPolicy(RecoveryPolicy.fail()))) {
      Link.awaitState(mirror, MirrorState.FOLLOWING);
      busyNeighbour();
      busyNeighbour();
      link.source().put("/conf/pool/5", "later");
      link.awaitEqual(mirror);
      assertThat(mirror.status().gaps()).isEmpty();
      Link.eventually(
          "the whole history is left",
          () -> {
            Headroom headroom = mirror.status().headroom();
            return headroom != null && headroom.events() > 900 && headroom.events() <= 1000;
          });
    }
  }
}
