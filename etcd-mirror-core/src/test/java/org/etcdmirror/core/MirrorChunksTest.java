package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;

/** Compaction while the source is copied: the copy continues where it was. */
class MirrorChunksTest extends CompactedReadingFixture {

  private final List<EtcdMirror> mirrors = new ArrayList<>();

  @Test
  void compactedCopyReadsNoKeyTwiceAndEndsEqual() throws Exception {
    for (int i = 3; i < KEYS; i += 5) {
      int number = i;
      behind(
          number,
          () -> {
            source.put(key(number - 2), "behind");
            source.put(key(KEYS - 1), "ahead " + number);
            source.expireSnapshots();
          });
    }
    EtcdMirror mirror = started();
    awaitLevel(mirror);
    assertThat(source.faults.calls("renew")).isEqualTo(8);
    assertThat(source.faults.calls("snapshot")).isEqualTo(1);
    assertThat(timesRead(1)).isEqualTo(1);
    assertThat(mirror.status().counters().resyncs()).isEqualTo(1);
    // No event was applied before its key was read.
    assertThat(past(KEYS - 1)).containsExactly("ahead 38");
    assertThat(past(1)).containsExactly("first", "behind");
  }

  @Test
  void eventsOfKeysNotYetReadAreDropped() throws Exception {
    behind(
        5,
        () -> {
          source.put(key(20), "second");
          source.put(key(20), "third");
          source.delete(key(21));
          source.put(key(2), "second");
          source.delete(key(3));
          source.put("/conf/003b", "new");
          source.expireSnapshots();
        });
    EtcdMirror mirror = started();
    awaitLevel(mirror);
    assertThat(past(20)).containsExactly("third");
    assertThat(past(21)).isEmpty();
    assertThat(past(2)).containsExactly("first", "second");
    assertThat(past(3)).containsExactly("first", "gone");
  }

  @Test
  void eventCoveredByChunkIsNotAppliedAgain() throws Exception {
    source.deliverAtMost(1);
    Faults.Gate stream = source.faults.block("poll");
    behind(
        5,
        () -> {
          source.put(key(7), "second");
          source.expireSnapshots();
        });
    behind(
        10,
        () -> {
          // The stream delivers a value after the chunk that held a newer one.
          source.put(key(7), "third");
          source.put(key(12), "second");
          source.put(key(12), "third");
          source.expireSnapshots();
          stream.release();
        });
    EtcdMirror mirror = started();
    awaitLevel(mirror);
    assertThat(past(7)).containsExactly("second", "third");
    assertThat(past(12)).containsExactly("third");
  }

  @Test
  void mirrorIsNotLevelBeforeStreamPassesNewestChunk() throws Exception {
    resumable(3);
    source.clearHistory();
    sink.preset("/conf/000-surplus", "x");
    Faults.Gate stream = source.faults.block("poll");
    behind(
        5,
        () -> {
          source.put(key(2), "second");
          source.expireSnapshots();
        });
    EtcdMirror mirror = started(builder -> builder.deleteLimit(DeleteLimit.percent(100)));
    eventually(() -> sink.values().containsKey(key(KEYS - 1)));
    assertThat(mirror.status().state()).isEqualTo(MirrorState.RESYNCING);
    assertThat(mirror.await(1, Duration.ofMillis(50))).isFalse();
    assertThat(sink.values()).containsKey("/conf/000-surplus").containsEntry(key(2), "first");
    assertThat(store.load().orElseThrow().index()).isEqualTo(3);
    assertThat(store.load().orElseThrow().notes()).containsKey("must-compare");

    stream.release();
    awaitLevel(mirror);
  }

  @Test
  void surplusKeyThatSourceCreatesMeanwhileIsKept() throws Exception {
    resumable(3);
    source.clearHistory();
    sink.preset("/conf/000-surplus", "x");
    sink.preset("/conf/001-surplus", "x");
    behind(
        5,
        () -> {
          source.put("/conf/000-surplus", "made");
          source.expireSnapshots();
        });
    EtcdMirror mirror = started();
    awaitLevel(mirror);
    assertThat(sink.values()).containsEntry("/conf/000-surplus", "made");
    assertThat(
            sink.events().stream()
                .filter(MirrorEvent.Delete.class::isInstance)
                .map(event -> event.key().utf8()))
        .containsExactly("/conf/001-surplus");
  }

  @Test
  void fullQueueSplitsCopyIntoChunksWithoutCompaction() throws Exception {
    behind(
        5,
        () -> {
          for (int i = 0; i < 100; i++) {
            source.put(key(i % KEYS), "value " + i);
          }
          // The reader has come, and waits for room if there is none.
          eventually(() -> {
            long handedOver = mirrors.get(0).runtime().progress().handedOver();
            return handedOver >= source.index() || waits("reader");
          });
        });
    EtcdMirror mirror = mirror(builder -> builder.buffer(20, 1 << 20));
    mirrors.add(mirror);
    mirror.start();
    awaitLevel(mirror);
    assertThat(source.faults.calls("renew")).isPositive();
    assertThat(source.faults.calls("snapshot")).isEqualTo(1);
  }

  private boolean waits(String thread) {
    return mirrorThreads().stream()
        .anyMatch(one ->
            one.getName().endsWith(thread)
                && Arrays.stream(one.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().endsWith("WorkQueue")));
  }

  @Test
  void copyRestartsWithBackoffIfStreamLosesHistory() throws Exception {
    behind(
        5,
        () -> {
          source.breakStreams();
          source.put(key(2), "lost");
          source.put(key(30), "lost");
          // This delete needs no approval: this copy wrote what the sink holds.
          source.delete(key(4));
          source.clearHistory();
        });
    behind(
        3,
        () -> {
          source.put("/conf/zzz", "ahead");
          source.expireSnapshots();
        });
    EtcdMirror mirror =
        started(builder ->
            builder.buffer(20, 1 << 20).backoff(Duration.ofSeconds(4), Duration.ofSeconds(4)));
    eventually(() -> told.retries.toString().contains("the copy starts again"));
    // The new stream is read during the back-off.
    for (int i = 0; i < 100; i++) {
      source.put(key(3), "value " + i);
    }
    handedOver(mirror);
    assertThat(source.faults.calls("snapshot")).isEqualTo(1);
    awaitLevel(mirror);
    assertThat(told.retries.toString()).contains("the copy starts again");
    assertThat(sink.values()).containsEntry(key(2), "lost");
  }

  @Test
  void restartAfterChunkStartsCopyAgain() throws Exception {
    Faults.Gate applied = sink.faults.block("apply");
    behind(
        20,
        () -> {
          source.put(key(2), "second");
          source.expireSnapshots();
        });
    EtcdMirror mirror = started();
    applied.awaitReached();
    source.faults.failAlways("renew", () -> new IOException("away"));
    source.faults.failAlways("snapshot", () -> new IOException("away"));
    applied.release();
    eventually(() -> source.faults.calls("renew") > 0);
    mirror.close();
    source.faults.healAll();
    assertThat(store.load().orElseThrow().index()).isZero();
    source.delete(key(1));
    source.clearHistory();
    awaitLevel(started(builder -> builder.deleteLimit(DeleteLimit.percent(100))));
  }

  @Test
  void syncOnceFailsAfterRepeatedCompactions() throws Exception {
    sink.preset("/conf/surplus", "x");
    EtcdMirror once = mirror(builder -> builder.deleteLimit(DeleteLimit.percent(100)));
    expireEachSnapshotBehind(5, "/conf/000");
    assertThatThrownBy(once::syncOnce)
        .isInstanceOf(MirrorFailedException.class)
        .hasCauseInstanceOf(PermanentException.class)
        .hasMessageContaining("5 times in a row");
    assertThat(sink.values()).containsKey("/conf/surplus").containsKey(key(KEYS - 1));
    assertThat(store.load().orElseThrow().notes()).containsKey("must-compare");
  }
}
