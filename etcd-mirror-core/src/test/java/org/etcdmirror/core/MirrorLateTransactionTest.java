package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.etcdmirror.api.Checkpoint;
import org.junit.jupiter.api.Test;

/** Transactions of unknown outcome, which their sink carries out later unless they are fenced. */
class MirrorLateTransactionTest extends MirrorFixture {

  private final FakeAtomicSink atomic = new FakeAtomicSink();

  /**
   * The first attempt of the resync sends a key whose answer is lost. By the second attempt the key
   * is absent on both sides, so that nothing is written over it. The transaction is carried out
   * right after the sink was read.
   */
  @Test
  void theFenceIsMovedBeforeTheSinkIsReadAgain() throws Exception {
    source.put("/conf/kept", "1");
    atomic.preset("/conf/kept", "1");
    atomic.preset(
        new Checkpoint(
            source.index(),
            source.clusterId(),
            scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE),
            Instant.EPOCH));
    source.put("/conf/gone", "1");
    source.clearHistory();
    sink = atomic;
    if (!FaultKind.ON.contains(FaultKind.LATE_TRANSACTIONS)) {
      // Needed as long as the engine does not move the fence.
      atomic.fenceBeforeReading();
    }
    atomic.late.loseNext(() -> {
      source.delete("/conf/gone");
      atomic.late.carryOutAfterTheNextReading();
    });
    EtcdMirror mirror = started(b -> b.deleteLimit(DeleteLimit.percent(100)));
    level(mirror);
    assertThat(atomic.values()).isEqualTo(source.values());
  }
}
