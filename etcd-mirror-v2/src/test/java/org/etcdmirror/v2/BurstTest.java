package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mirror keeps up with many writes inside the prefix. */
@Tag("long")
@Timeout(600)
class BurstTest {

  private static final int MOST_STORMS = 10;

  static List<EtcdBinary> servers() {
    return EtcdBinary.all();
  }

  /**
   * When etcd gets too little CPU, it drops a watch even at this rate. Then the mirror must report
   * and repair the loss, and a later round must succeed without a resync.
   */
  @Test
  void tenThousandWritesByEightWritersArriveWithoutAResync() throws Exception {
    EtcdBinary binary = EtcdBinary.find().orElseThrow();
    List<MirrorStatus> rounds = new ArrayList<>();
    while (rounds.stream().noneMatch(status -> status.counters().resyncs() == 1)) {
      assertThat(rounds).as("every round needed a resync").hasSizeLessThan(3);
      rounds.add(afterTenThousandWrites(binary));
    }
    rounds.forEach(status -> System.out.printf("%s: %s%n", binary, status.counters()));
  }

  private static MirrorStatus afterTenThousandWrites(EtcdBinary binary) throws Exception {
    try (Mirroring pair = Mirroring.start(binary)) {
      pair.source.put("/conf/first", "1");
      try (EtcdMirror mirror = pair.started()) {
        Writers.write(pair.sourceEtcd.clientUrl(), "/conf/load", 8, 1_250);
        MirrorStatus status = pair.awaitLevel(mirror);
        pair.assertEqual();
        assertThat(pair.source.tree("/conf")).hasSizeGreaterThan(10_000);
        return status;
      }
    }
  }

  /** Overflows the 100 events that etcd buffers for a watch; etcd drops the rest silently. */
  @ParameterizedTest
  @MethodSource("servers")
  void overflowedWatchIsDetectedRepairedAndReported(EtcdBinary binary) throws Exception {
    try (Mirroring pair = Mirroring.start(binary)) {
      pair.source.put("/conf/first", "1");
      try (EtcdMirror mirror = pair.started()) {
        long reported = 0;
        // On a busy machine the first attempt may not overflow the watch.
        for (int storms = 0; storms < MOST_STORMS && reported == 0; storms++) {
          var storm = pair.storm("/conf/storm", 128, 150);
          long ended = System.nanoTime();
          MirrorStatus status = pair.awaitLevel(mirror);
          Duration late = Duration.ofNanos(System.nanoTime() - ended);
          pair.assertEqual();
          reported = status.counters().streamRepairs() + status.counters().resyncs() - 1;
          System.out.printf(
              "%s: %.0f writes/s, level %d ms after the last, %s%n",
              binary, storm.perSecond(), late.toMillis(), status.counters());
        }
        assertThat(reported).as("the loss was detected and reported").isPositive();
        pair.source.put("/conf/after", "2");
        assertThat(mirror.await(pair.source.index(), Duration.ofMinutes(3))).isTrue();
        pair.assertEqual();
      }
    }
  }
}
