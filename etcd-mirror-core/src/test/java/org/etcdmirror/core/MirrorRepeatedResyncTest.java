package org.etcdmirror.core;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.etcdmirror.api.Gap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A resync that must be repeated: until then the sink is at no index of the new source. */
class MirrorRepeatedResyncTest extends MirrorFixture {

  private long stored;

  @BeforeEach
  void replaceTheCluster() {
    source.put("/conf/old", "1");
    sink.preset("/conf/old", "1");
    resumable(source.index());
    stored = store.index();
    source.replaceCluster("cluster-2", 5_000);
    source.put("/conf/a", "1");
    source.foreignWrites(100);
    source.nextSnapshotsAreBehind(1, 50);
  }

  private Faults.Gate startWithStaleResyncSnapshot(RecoveryPolicy policy) throws Exception {
    Faults.Gate snapshot = source.faults.block("snapshot");
    started(b -> b.deleteLimit(DeleteLimit.percent(100)).recoveryPolicy(policy));
    snapshot.awaitReached();
    Faults.Gate again = source.faults.block("open now");
    snapshot.release();
    eventually(() -> !told.retries.isEmpty());
    source.put("/conf/b", "2");
    again.awaitReached();
    return again;
  }

  private void assertNothingIsApplied() {
    await()
        .during(Duration.ofMillis(100))
        .until(() -> store.index() == stored && sink.batches().isEmpty());
  }

  @Test
  void noEventIsAppliedBeforeResyncIsRepeated() throws Exception {
    Faults.Gate again = startWithStaleResyncSnapshot(RecoveryPolicy.resync());
    assertNothingIsApplied();
    again.release();
    eventually(() -> sink.values().equals(Map.of("/conf/a", "1", "/conf/b", "2")));
    eventually(() -> store.index() == source.index());
  }

  @Test
  void skippingLaterGapDoesNotSkipUnresolvedGap() throws Exception {
    Faults.Gate again =
        startWithStaleResyncSnapshot(gap ->
            told.gaps.isEmpty() && gap.reason() == Gap.Reason.CLUSTER_REPLACED
                ? RecoveryPolicy.Decision.RESYNC
                : RecoveryPolicy.Decision.SKIP_GAP);
    assertNothingIsApplied();
    again.release();
    eventually(() -> sink.values().equals(Map.of("/conf/a", "1", "/conf/b", "2")));
    eventually(() -> store.index() == source.index());
  }
}
