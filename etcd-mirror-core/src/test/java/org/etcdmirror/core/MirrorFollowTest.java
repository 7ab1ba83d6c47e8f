package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MirrorFollowTest extends MirrorFixture {

  @Test
  void slowSinkSlowsReaderWithoutLosingEvents() throws Exception {
    source.deliverAtMost(1);
    EtcdMirror mirror = following(b -> b.buffer(5, 1 << 20));
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/0", "v0");
    gate.awaitReached();
    int before = source.faults.calls("poll");
    for (int i = 1; i < 100; i++) {
      source.put("/conf/" + i, "v" + i);
    }
    eventually(this::theReaderWaitsForRoom);
    // Five are queued, and the reader holds one.
    assertThat(source.faults.calls("poll") - before).isLessThan(8);
    gate.release();
    level(mirror);
    assertThat(sink.values()).hasSize(100).isEqualTo(source.values());
    assertThat(mirror.status().counters().eventsApplied()).isEqualTo(100);
  }

  private boolean theReaderWaitsForRoom() {
    return mirrorThreads().stream()
        .filter(thread -> thread.getName().endsWith("-reader"))
        .flatMap(thread -> List.of(thread.getStackTrace()).stream())
        .anyMatch(frame ->
            frame.getClassName().equals(WorkQueue.class.getName())
                && frame.getMethodName().equals("put"));
  }

  @Test
  void queuedEventsAreCoalescedAndAppliedTogether() throws Exception {
    source.deliverAtMost(1);
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/first", "1");
    gate.awaitReached();
    int before = sink.batches().size();
    for (int i = 0; i < 50; i++) {
      source.put("/conf/a", "v" + i);
    }
    handedOver(mirror);
    gate.release();
    level(mirror);
    assertThat(sink.batches().size() - before).isLessThan(10);
    assertThat(sink.values()).containsEntry("/conf/a", "v49");
    assertThat(mirror.status().counters().eventsCoalesced()).isGreaterThan(30);
    assertThat(mirror.status().counters().eventsApplied()).isEqualTo(51);
  }

  @Test
  void listenerLearnsHowLongABatchTook() throws Exception {
    List<Duration> times = new CopyOnWriteArrayList<>();
    EtcdMirror mirror =
        following(b ->
            b.listener(
                new MirrorListener() {
                  @Override
                  public void onBatch(EventBatch batch, Duration took) {
                    times.add(took);
                  }
                }));
    source.put("/conf/a", "1");
    level(mirror);
    eventually(() -> !times.isEmpty());
    assertThat(times).singleElement().satisfies(took -> assertThat(took).isPositive());
    assertThat(told.batches).hasSize(1);
  }

  @Test
  void awaitReturnsTrueOnceSinkHoldsIndex() throws Exception {
    EtcdMirror mirror = following();
    assertThat(mirror.await(source.index() + 1, Duration.ofMillis(20))).isFalse();
    long wanted = source.index() + 5;
    CompletableFuture<Boolean> waits =
        CompletableFuture.supplyAsync(() -> {
          try {
            return mirror.await(wanted, Duration.ofSeconds(Long.MAX_VALUE));
          } catch (InterruptedException e) {
            return false;
          }
        });
    source.foreignWrites(5);
    assertThat(waits.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(mirror.await(wanted, Duration.ZERO)).isTrue();
  }

  @Test
  void awaitEndsWithTheMirror() throws Exception {
    EtcdMirror mirror = following();
    CompletableFuture<Boolean> waits =
        CompletableFuture.supplyAsync(() -> {
          try {
            return mirror.await(Long.MAX_VALUE, Duration.ofMinutes(5));
          } catch (InterruptedException e) {
            return true;
          }
        });
    mirror.close();
    assertThat(waits.get(60, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void mirrorStartsOnlyOnce() throws Exception {
    EtcdMirror mirror = following();
    assertThatThrownBy(mirror::start).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(mirror::run).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(mirror::syncOnce).isInstanceOf(IllegalStateException.class);
    source.put("/conf/a", "1");
    level(mirror);
  }

  @Test
  void syncOnceCopiesAndStops() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/b", "2");
    try (EtcdMirror mirror = mirror(b -> b.deleteLimit(DeleteLimit.keys(1)))) {
      ResyncReport report = mirror.syncOnce();
      assertThat(report.gap().reason()).isEqualTo(Gap.Reason.NO_CHECKPOINT);
      assertThat(report.index()).isEqualTo(source.index());
      assertThat(report.deleted()).isEqualTo(1);
      assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
      assertThat(store.index()).isEqualTo(source.index());
      assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
      assertThat(told.states)
          .containsSubsequence(MirrorState.RESYNCING, MirrorState.STOPPED)
          .startsWith(MirrorState.CONNECTING, MirrorState.RESYNCING);
    }
  }

  @Test
  void syncOnceRetriesStaleSnapshots() throws Exception {
    source.put("/conf/a", "1");
    source.foreignWrites(10);
    source.nextSnapshotsAreBehind(2, 5);
    resumable(source.index());
    try (EtcdMirror mirror = mirror()) {
      assertThat(mirror.syncOnce().gap().reason()).isEqualTo(Gap.Reason.FORCED);
      assertThat(sink.values()).isEqualTo(source.values());
    }
  }

  @Test
  void fencedMirrorFails() throws Exception {
    EtcdMirror mirror = following();
    store.faults.failNext("save", new FencedException("moved by another"));
    source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).isEqualTo("index store: moved by another");
  }

  @Test
  void listenersThatThrowAreHarmless() throws Exception {
    MirrorListener broken =
        new MirrorListener() {
          @Override
          public void onState(MirrorState before, MirrorState after) {
            throw new IllegalStateException("state");
          }

          @Override
          public void onBatch(EventBatch batch) {
            throw new AssertionError("batch");
          }

          @Override
          public void onResync(ResyncReport report) {
            throw Faults.<RuntimeException>unchecked(new Exception("resync"));
          }
        };
    EtcdMirror mirror = mirror(b -> b.listener(broken).listener(told));
    mirror.start();
    source.put("/conf/a", "1");
    level(mirror);
    source.put("/conf/b", "1");
    level(mirror);
    eventually(() -> !told.batches.isEmpty());
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(mirror.status().lastError()).isNull();
  }

  @Test
  void progressWithoutEventsIsStoredAboutOnceASecond() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    int before = store.saves().size();
    long began = System.nanoTime();
    while (System.nanoTime() - began < Duration.ofMillis(2500).toNanos()) {
      source.foreignWrites(1);
      level(mirror);
    }
    // The loop may take longer than it was meant to.
    int seconds = (int) Duration.ofNanos(System.nanoTime() - began).toSeconds();
    assertThat(store.saves().size() - before).isBetween(1, seconds + 1);
    assertThat(mirror.status().storedIndex()).isLessThanOrEqualTo(mirror.status().index());
  }

  @ParameterizedTest
  @EnumSource(ExpiryPolicy.class)
  void expiryIsWrittenOnlyUnderCopyPolicy(ExpiryPolicy policy) throws Exception {
    Expiry later = Expiry.in(Duration.ofSeconds(600));
    source.put("/conf/before", "1", later);
    EtcdMirror mirror = following(b -> b.expiryPolicy(policy));
    source.put("/conf/after", "1", later);
    level(mirror);
    assertThat(sink.events())
        .filteredOn(Put.class::isInstance)
        .extracting(event -> ((Put) event).expiresAt())
        .containsOnly(policy == ExpiryPolicy.COPY ? later : null);
  }

  @Test
  void prolongedExpiryIsAppliedWithoutIndexChange() throws Exception {
    source.put("/conf/a", "1", Expiry.in(Duration.ofSeconds(600)));
    EtcdMirror mirror = following(b -> b.expiryPolicy(ExpiryPolicy.COPY));
    sink.forgetBatches();
    Expiry later = Expiry.in(Duration.ofSeconds(1200));
    source.prolong("/conf/a", later);
    eventually(() -> !sink.events().isEmpty());
    assertThat(sink.events())
        .containsExactly(
            new MirrorEvent.Refresh(Bytes.utf8("/conf/a"), source.index(), later, null));
    source.put("/conf/b", "2");
    level(mirror);
  }

  @Test
  void noticesAreCountedAndReported() throws Exception {
    EtcdMirror mirror = following();
    SourceNotice repaired = new SourceNotice(SourceNotice.Kind.STREAM_REPAIRED, 3, "three");
    source.notice(repaired);
    eventually(() -> told.notices.equals(List.of(repaired)));
    assertThat(mirror.status().counters().streamRepairs()).isEqualTo(3);
  }

  @Test
  void excludedKeysAreNeitherWrittenNorDeleted() throws Exception {
    scope =
        MirrorScope.builder().prefix("/conf").exclude(Pattern.compile("/conf/own(/.*)?")).build();
    sink.preset("/conf/own/x", "mine");
    source.put("/conf/own/y", "no");
    source.put("/conf/d/a", "1");
    EtcdMirror mirror = following();
    source.put("/conf/own/z", "no");
    source.put("/conf/d/b", "2");
    level(mirror);
    source.deleteTree("/conf");
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/own/x", "mine"));
    assertThat(mirror.status().counters().eventsFiltered()).isEqualTo(1);
  }

  @Test
  void treeDeleteWithExcludesSparesSiblingsInByteSink() throws Exception {
    sink = new FakeSink(KeyModel.BYTES);
    scope = MirrorScope.builder().prefix("/conf").exclude(Pattern.compile("/conf/own.*")).build();
    source.put("/conf/a/x", "1");
    source.put("/conf/ab", "2");
    EtcdMirror mirror = following();
    source.deleteTree("/conf/a");
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/ab", "2")).isEqualTo(source.values());
  }

  @Test
  void aDeletedAncestorEmptiesTheSink() throws Exception {
    scope = MirrorScope.builder().rename("/top/conf", "/copy").build();
    source.put("/top/conf/a", "1");
    EtcdMirror mirror = following();
    assertThat(sink.values()).isEqualTo(Map.of("/copy/a", "1"));
    source.deleteTree("/top");
    level(mirror);
    assertThat(sink.values()).isEmpty();
  }

  @Test
  void aStreamThatWasOpenedOnAnotherClusterIsNotFollowed() throws Exception {
    source.put("/conf/a", "1");
    source.foreignWrites(1000);
    sink.preset("/conf/a", "1");
    resumable(source.index());
    Faults.Gate gate = source.faults.block("open after");
    EtcdMirror mirror = started(b -> b.deleteLimit(DeleteLimit.percent(100)));
    gate.awaitReached();
    source.replaceCluster("cluster-2", 50);
    source.put("/conf/b", "2");
    gate.release();
    eventually(() -> told.reasons().contains(Gap.Reason.CLUSTER_REPLACED));
    level(mirror);
    eventually(() -> sink.values().equals(Map.of("/conf/b", "2")));
  }
}
