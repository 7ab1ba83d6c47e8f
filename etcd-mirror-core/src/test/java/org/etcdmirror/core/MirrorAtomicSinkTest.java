package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.junit.jupiter.api.Test;

class MirrorAtomicSinkTest extends MirrorFixture {

  private final FakeAtomicSink atomic = new FakeAtomicSink();

  private EtcdMirror onAtomic() throws InterruptedException {
    sink = atomic;
    return following(b -> b.deleteLimit(DeleteLimit.percent(100)));
  }

  @Test
  void aBatchAndItsIndexAreOneTransaction() throws Exception {
    EtcdMirror mirror = onAtomic();
    eventually(() -> atomic.storedIndex() == source.index());
    int before = atomic.faults.calls("apply");
    source.put("/conf/a", "1");
    level(mirror);
    eventually(() -> atomic.storedIndex() == source.index());
    assertThat(atomic.faults.calls("apply")).isEqualTo(before + 1);
    assertThat(atomic.values()).isEqualTo(source.values());
  }

  @Test
  void aStaleMirrorWritesNothing() throws Exception {
    EtcdMirror mirror = onAtomic();
    eventually(() -> atomic.storedIndex() == source.index());
    atomic.movedByAnother(source.index());
    source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(atomic.values()).isEmpty();
    assertThat(atomic.storedIndex()).isLessThan(source.index());
  }

  @Test
  void staleMirrorWritesNothingInResync() throws Exception {
    source.put("/conf/a", "1");
    atomic.save(new Checkpoint(source.index(), "replaced", null, Instant.EPOCH));
    Faults.Gate gate = atomic.faults.block("snapshot");
    sink = atomic;
    EtcdMirror mirror = started();
    gate.awaitReached();
    atomic.movedByAnother(5);
    gate.release();
    awaitState(mirror, MirrorState.FAILED);
    assertThat(atomic.values()).isEmpty();
  }

  @Test
  void runTakesFenceBeforeSourceAnswers() throws Exception {
    onAtomic().close();
    Checkpoint stored = atomic.load().orElseThrow();
    int before = atomic.faults.calls("apply");
    source.faults.failAlways("head", () -> new IOException("away"));
    EtcdMirror mirror = started();
    eventually(() -> source.faults.calls("head") > 3);
    assertThat(atomic.faults.calls("apply")).isEqualTo(before + 1);
    assertThat(atomic.load()).contains(stored);
    mirror.close();
  }

  /** As when a person starts the link with a wrong option beside the mirror at work. */
  @Test
  void startThatPolicyRefusesTakesNoFence() throws Exception {
    onAtomic().close();
    Checkpoint stored = atomic.load().orElseThrow();
    int before = atomic.faults.calls("apply");
    scope = MirrorScope.of("/other/");
    EtcdMirror other = mirror(b -> b.recoveryPolicy(RecoveryPolicy.fail()));
    assertThatThrownBy(other::run).cause().isInstanceOf(GapException.class);
    assertThat(other.status().gaps()).hasSize(1);
    assertThat(atomic.faults.calls("apply")).isEqualTo(before);
    assertThat(atomic.load()).contains(stored);
  }

  @Test
  void lateWritesOfFormerProcessCauseReloadButNoFailure() throws Exception {
    onAtomic().close();
    told = new Recorder();
    source.foreignWrites(10);
    atomic.letOldWritesLand(3);
    source.put("/conf/a", "1");
    onAtomic();
    assertThat(atomic.values()).isEqualTo(source.values());
    assertThat(told.retries).hasSize(3);
  }

  @Test
  void mirrorFailsIfAnotherMirrorKeepsMovingCheckpoint() throws Exception {
    onAtomic().close();
    source.foreignWrites(1000);
    atomic.letOldWritesLand(Integer.MAX_VALUE);
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("another mirror moved the checkpoint");
  }

  @Test
  void failedFenceKeepsStoredCompareNote() throws Exception {
    onAtomic().close();
    Checkpoint level = requireNonNull(atomic.stored());
    Map<String, String> notes = new TreeMap<>(level.notes());
    notes.put(CompareNote.NOW, "INDEX_DISPROVED at index 10 since 2026-01-01T00:00:00Z");
    atomic.preset(level.withNotes(notes));
    source.faults.failAlways("head", () -> new IOException("away"));
    atomic.faults.failNext("apply", new IOException("no answer"));
    EtcdMirror mirror = started();
    eventually(() -> source.faults.calls("head") > 3);
    assertThat(requireNonNull(atomic.stored()).notes()).containsKey(CompareNote.NOW);
    assertThat(mirror.status().state()).isNotEqualTo(MirrorState.FOLLOWING);
    mirror.close();
    assertThat(requireNonNull(atomic.stored()).notes()).containsKey(CompareNote.NOW);
  }

  @Test
  void forecastPlanAndVerifyWriteNothing() throws Exception {
    onAtomic().close();
    int before = atomic.faults.calls("apply");
    EtcdMirror mirror = mirror();
    mirror.foreseeGap();
    mirror.plan();
    mirror.verify();
    assertThat(atomic.faults.calls("apply")).isEqualTo(before);
  }

  private static Put sized(String key, long index) {
    return new Put(Bytes.utf8(key), Bytes.of(new byte[100]), index, null);
  }

  /** One source batch: three indexes of one event and one index of four. */
  private void putManyIndexesAtOnce() {
    long next = source.index() + 1;
    for (int i = 0; i < 3; i++) {
      source.happened(sized("/conf/single" + i, next + i));
    }
    for (int i = 0; i < 4; i++) {
      source.happened(sized("/conf/large" + i, next + 3));
    }
    source.happened(sized("/conf/last", next + 4));
  }

  private static List<Long> indexesOf(EventBatch batch) {
    return batch.events().stream().map(MirrorEvent::index).distinct().toList();
  }

  @Test
  void oversizeBatchIsSplitAtIndexBoundaries() throws Exception {
    atomic.takeAtMost(2 * EventBatch.of(List.of(sized("/conf/single0", 1)), 1, 1).bytes());
    long begin = source.index();
    atomic.preset(resumableAt(begin));
    putManyIndexesAtOnce();
    sink = atomic;
    level(started());
    eventually(() -> atomic.storedIndex() == source.index());
    assertThat(atomic.values()).isEqualTo(source.values());
    assertThat(atomic.batches().stream().filter(batch -> !batch.events().isEmpty()))
        .extracting(MirrorAtomicSinkTest::indexesOf)
        .containsExactly(
            List.of(begin + 1, begin + 2),
            List.of(begin + 3),
            List.of(begin + 4),
            List.of(begin + 5));
  }

  @Test
  void queuedBatchesAreMergedUpToAtomicLimit() throws Exception {
    atomic.takeAtMost(3 * EventBatch.of(List.of(sized("/conf/k0", 1)), 1, 1).bytes());
    source.deliverAtMost(1);
    EtcdMirror mirror = onAtomic();
    Faults.Gate gate = atomic.faults.block("apply");
    source.happened(sized("/conf/first", source.index() + 1));
    gate.awaitReached();
    atomic.forgetBatches();
    for (int i = 0; i < 10; i++) {
      source.happened(sized("/conf/k" + i, source.index() + 1));
    }
    gate.release();
    level(mirror);
    assertThat(atomic.values()).isEqualTo(source.values());
    assertThat(atomic.batches())
        .allSatisfy(
            batch -> assertThat(batch.bytes()).isLessThanOrEqualTo(atomic.maxAtomicBytes()));
  }

  /** The server's limit is lower than the one that the sink reported at the start. */
  @Test
  void refusedBatchIsSplitAtIndexesAndLaterBatchesAreSmaller() throws Exception {
    source.deliverAtMost(1);
    EtcdMirror mirror = onAtomic();
    Faults.Gate gate = atomic.faults.block("apply");
    source.happened(sized("/conf/first", source.index() + 1));
    gate.awaitReached();
    atomic.turnOutToTakeAtMost(3 * EventBatch.of(List.of(sized("/conf/k0", 1)), 1, 1).bytes());
    atomic.forgetBatches();
    long begin = source.index() - 1;
    // Each key is written twice: a batch split by keys would not match a past state.
    for (int i = 0; i < 20; i++) {
      source.happened(sized("/conf/k" + (i % 10), source.index() + 1));
    }
    gate.release();
    level(mirror);
    assertThat(atomic.values()).isEqualTo(source.values());
    // Each batch ends at an index, so that the sink equals a past state of the source.
    long applied = begin;
    for (EventBatch batch : atomic.batches()) {
      for (MirrorEvent event : batch.events()) {
        assertThat(event.index()).isGreaterThan(applied);
      }
      applied = batch.index();
    }
    assertThat(atomic.batches().size()).isGreaterThan(3);
  }

  @Test
  void statusShowsIndexThatIsBeingApplied() throws Exception {
    EtcdMirror mirror = onAtomic();
    atomic.takeAtMost(100);
    Faults.Gate gate = atomic.faults.block("apply");
    long inside = source.happened(sized("/conf/a", source.index() + 1));
    gate.awaitReached();
    assertThat(mirror.status().applying()).isEqualTo(inside);
    gate.release();
    level(mirror);
    eventually(() -> mirror.status().applying() == 0);
  }

  @Test
  void partlyAppliedIndexStaysInStatusUntilItIsPassed() throws Exception {
    long begin = source.index();
    atomic.preset(resumableAt(begin).whileApplying(begin + 2));
    sink = atomic;
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(mirror.status().applying()).isEqualTo(begin + 2);
    source.foreignWrites(1);
    level(mirror);
    assertThat(mirror.status().applying()).isEqualTo(begin + 2);
    source.put("/conf/a", "1");
    level(mirror);
    eventually(() -> mirror.status().applying() == 0);
  }

  @Test
  void treeDeleteAroundExcludesSharesTransactionWithItsBatch() throws Exception {
    scope =
        MirrorScope.builder().prefix("/conf").exclude(Pattern.compile("/conf/d/own(/.*)?")).build();
    for (String key : List.of("/conf/d/a", "/conf/d/b", "/conf/d/e/c")) {
      source.put(key, "1");
    }
    atomic.preset("/conf/d/own/x", "mine");
    EtcdMirror mirror = onAtomic();
    Faults.Gate gate = atomic.faults.block("apply");
    source.put("/conf/before", "1");
    gate.awaitReached();
    source.put("/conf/with", "1");
    source.deleteTree("/conf/d");
    source.put("/conf/d/b", "2");
    handedOver(mirror);
    atomic.forgetBatches();
    gate.release();
    level(mirror);
    assertThat(atomic.values())
        .isEqualTo(
            Map.of(
                "/conf/before", "1", "/conf/with", "1", "/conf/d/b", "2", "/conf/d/own/x", "mine"));
    List<Bytes> keys = atomic.batches().get(1).events().stream().map(MirrorEvent::key).toList();
    assertThat(keys)
        .extracting(Bytes::toString)
        .containsExactly(
            "/conf/with", "/conf/d/e/c", "/conf/d/e", "/conf/d/a", "/conf/d", "/conf/d/b");
  }

  private Checkpoint resumableAt(long index) {
    return new Checkpoint(
        index, source.clusterId(), scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE), Instant.EPOCH);
  }
}
