package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mirror of a quiet prefix keeps its place in the history of a busy cluster. */
@Timeout(600)
class QuietPrefixTest {

  static List<EtcdBinary> servers() {
    return EtcdBinary.all();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void fiveThousandForeignEventsBetweenTwoChangesCauseNoGap(EtcdBinary binary) {
    try (Mirroring pair = Mirroring.start(binary)) {
      pair.source.put("/conf/pool", "before");
      try (EtcdMirror mirror = pair.started()) {
        long quietSince = mirror.status().index();
        pair.foreignEvents(5_000);
        pair.source.put("/conf/pool", "after");
        MirrorStatus status = pair.awaitLevel(mirror);
        pair.assertEqual();
        assertThat(status.index()).isGreaterThan(quietSince + 5_000);
        assertThat(status.counters().resyncs()).as("only the first one").isEqualTo(1);
        assertThat(status.counters().gaps()).isZero();
        assertThat(
                pair.source
                    .get("/conf", "wait=true&recursive=true&waitIndex=" + (quietSince + 1))
                    .body())
            .as("a plain watch would have failed")
            .contains("\"errorCode\":401");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void storedIndexMovesWhilePrefixIsQuiet(EtcdBinary binary) {
    try (Mirroring pair = Mirroring.start(binary)) {
      pair.source.put("/conf/pool", "quiet");
      try (EtcdMirror mirror = pair.started()) {
        long before = mirror.status().index();
        pair.foreignEvents(2_000);
        pair.awaitLevel(mirror);
        Mirroring.eventually(
            "stored", () -> assertThat(pair.storedIndex()).isGreaterThanOrEqualTo(before + 2_000));
        assertThat(mirror.status().counters().eventsApplied()).isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void restartAfterQuietPeriodNeedsNoResync(EtcdBinary binary) {
    try (Mirroring pair = Mirroring.start(binary)) {
      pair.source.put("/conf/pool", "1");
      try (EtcdMirror mirror = pair.started()) {
        pair.foreignEvents(3_000);
        pair.awaitLevel(mirror);
      }
      pair.source.put("/conf/pool", "2");
      try (EtcdMirror mirror = pair.started()) {
        pair.assertEqual();
        assertThat(mirror.status().counters().gaps()).isZero();
        assertThat(mirror.status().counters().eventsApplied()).isEqualTo(1);
      }
    }
  }
}
