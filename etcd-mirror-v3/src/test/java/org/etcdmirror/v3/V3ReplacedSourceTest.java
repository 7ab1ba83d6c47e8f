package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The source is rebuilt while it is mirrored. */
@Tag("long")
@Timeout(600)
class V3ReplacedSourceTest {

  /** A change made to the source, and the gap that the mirror must report. */
  enum Change {
    ANOTHER_CLUSTER(Gap.Reason.CLUSTER_REPLACED) {
      @Override
      void make(EtcdServer etcd) {
        etcd.wipe();
      }
    },
    SAME_NAME_FEWER_REVISIONS(Gap.Reason.INDEX_WENT_BACKWARDS) {
      @Override
      void make(EtcdServer etcd) {
        etcd.wipeKeepingClusterId();
      }
    };

    final Gap.Reason reason;

    Change(Gap.Reason reason) {
      this.reason = reason;
    }

    abstract void make(EtcdServer etcd);
  }

  static Stream<Arguments> changes() {
    return EtcdBinary.all().stream()
        .flatMap(binary -> Stream.of(Change.values()).map(change -> Arguments.of(binary, change)));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void rebuiltSourceCausesOneGapAndSinkEndsEqual(EtcdBinary binary, Change change) {
    List<Gap.Reason> told = new CopyOnWriteArrayList<>();
    MirrorListener listener =
        new MirrorListener() {
          @Override
          public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
            told.add(gap.reason());
          }
        };
    try (V3Mirroring etcds = V3Mirroring.start(binary)) {
      for (int i = 0; i < 20; i++) {
        etcds.source.put("/conf/" + i, "old");
      }
      try (EtcdMirror mirror =
          etcds.started(
              builder -> builder.listener(listener).deleteLimit(DeleteLimit.percent(100)))) {
        change.make(etcds.sourceEtcd);
        etcds.source.put("/conf/3", "new");
        V3Mirroring.eventually("equal", etcds::assertEqual);
        etcds.source.put("/conf/4", "newer");
        V3Mirroring.eventually("goes on", etcds::assertEqual);
        assertThat(mirror.status().counters().gaps()).isEqualTo(1);
      }
      assertThat(told).containsExactly(change.reason);
    }
  }
}
