package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.api.EventBatch;
import org.junit.jupiter.api.Test;

class MirrorPauseTest extends MirrorFixture {

  private EtcdMirror paused() throws InterruptedException {
    EtcdMirror mirror = following();
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    return mirror;
  }

  private void resumeAndFollow(EtcdMirror mirror) throws InterruptedException {
    mirror.resume();
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
    eventually(() -> store.index() == source.index());
  }

  @Test
  void pauseFinishesAndStoresCurrentBatch() throws Exception {
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("apply");
    long inHand = source.put("/conf/a", "1");
    gate.awaitReached();
    assertThat(mirror.pause(Duration.ofMillis(10))).isFalse();
    source.put("/conf/b", "2");
    eventually(() -> mirror.status().sourceIndex() == source.index());
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    gate.release();
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    assertThat(store.index()).isEqualTo(inHand);
    assertThat(mirror.await(source.index(), Duration.ofMillis(20))).isFalse();
    assertThat(mirror.status().caughtUp()).isFalse();
    resumeAndFollow(mirror);
    assertThat(told.gaps).isEmpty();
    assertThat(source.faults.calls("open after")).as("the same stream").isZero();
  }

  @Test
  void pauseStoresProgressWithoutEvents() throws Exception {
    EtcdMirror mirror = following();
    source.foreignWrites(10);
    level(mirror);
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(store.index()).isEqualTo(source.index());
  }

  @Test
  void pausedMirrorReadsSourceUntilBufferIsFull() throws Exception {
    EtcdMirror mirror = following(b -> b.buffer(5, 1L << 20));
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    source.deliverAtMost(1);
    int polls = source.faults.calls("poll");
    long before = source.index();
    for (int i = 0; i < 20; i++) {
      source.put("/conf/" + i, "v");
    }
    eventually(() -> readerThread().getState() == Thread.State.WAITING);
    // The full buffer, the batch that finds no room, and the poll that was under way.
    // A poll without events that came before takes up room as well.
    assertThat(source.faults.calls("poll") - polls).isLessThanOrEqualTo(7);
    assertThat(mirror.status().index()).isEqualTo(before);
    resumeAndFollow(mirror);
  }

  private Thread readerThread() {
    return mirrorThreads().stream()
        .filter(thread -> thread.getName().endsWith("-reader"))
        .findAny()
        .orElseThrow();
  }

  @Test
  void pauseBeforeStartHoldsMirrorFromStart() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = mirror();
    mirror.pause();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.CREATED);
    mirror.start();
    awaitState(mirror, MirrorState.PAUSED);
    eventually(() -> source.openStreams() == 1);
    assertThat(sink.values()).isEmpty();
    resumeAndFollow(mirror);
  }

  @Test
  void pauseWorksBeforeSourceAnswers() throws Exception {
    source.faults.failAlways("head", () -> new IOException("down"));
    EtcdMirror mirror = started();
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    eventually(() -> "source: down".equals(mirror.status().lastError()));
    source.faults.heal("head");
    resumeAndFollow(mirror);
  }

  @Test
  void pauseWaitsForRetriedBatch() throws Exception {
    EtcdMirror mirror = following();
    sink.faults.failAlways("apply", () -> new IOException("down"));
    source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.RETRYING);
    assertThat(mirror.pause(Duration.ofMillis(10))).isFalse();
    int calls = sink.faults.calls("apply");
    eventually(() -> sink.faults.calls("apply") > calls + 1);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING);
    sink.faults.heal("apply");
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    resumeAndFollow(mirror);
  }

  @Test
  void pauseHoldsResyncBetweenBatches() throws Exception {
    for (int i = 0; i < 3000; i++) {
      source.put("/conf/" + i, "v");
    }
    Faults.Gate gate = sink.faults.block("apply");
    EtcdMirror mirror = started();
    gate.awaitReached();
    assertThat(mirror.pause(Duration.ZERO)).as("a batch is being applied").isFalse();
    eventually(() -> mirror.status().state() == MirrorState.RESYNCING);
    gate.release();
    assertThat(mirror.pause(PATIENCE)).isTrue();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.PAUSED);
    int written = sink.values().size();
    assertThat(written).isBetween(1, 2000);
    source.put("/conf/b", "2");
    eventually(() -> mirror.status().sourceIndex() == source.index());
    assertThat(sink.values()).hasSize(written);
    resumeAndFollow(mirror);
    assertThat(told.resyncs).hasSize(1);
  }

  @Test
  void nextRunFinishesPausedResync() throws Exception {
    for (int i = 0; i < 3000; i++) {
      source.put("/conf/" + i, "v");
    }
    Faults.Gate gate = sink.faults.block("apply");
    EtcdMirror mirror = started();
    gate.awaitReached();
    mirror.pause(Duration.ZERO);
    gate.release();
    assertThat(mirror.pause(PATIENCE)).isTrue();
    int written = sink.values().size();
    assertThat(written).isBetween(1, 2000);
    mirror.close();
    assertThat(sink.values()).as("a close writes nothing either").hasSize(written);
    following();
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void pauseLetsResyncWithoutWritesFinish() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    Faults.Gate gate = source.faults.block("snapshot");
    EtcdMirror mirror = started();
    gate.awaitReached();
    assertThat(mirror.pause(Duration.ofMillis(10))).isFalse();
    gate.release();
    assertThat(mirror.pause(PATIENCE)).isTrue();
    assertThat(store.index()).isEqualTo(source.index());
    resumeAndFollow(mirror);
  }

  @Test
  void nothingIsWrittenAfterPauseReturns() throws Exception {
    EtcdMirror mirror = following();
    Thread writer = new Thread(() -> writeUntilInterrupted());
    writer.start();
    try {
      for (int i = 0; i < 20; i++) {
        long before = mirror.status().index();
        eventually(() -> mirror.status().index() > before + 50);
        assertThat(mirror.pause()).isTrue();
        int applied = sink.faults.calls("apply");
        int saved = store.saves().size();
        long held = source.index();
        eventually(() -> source.index() > held + 100);
        assertThat(sink.faults.calls("apply")).isEqualTo(applied);
        assertThat(store.saves()).hasSize(saved);
        mirror.resume();
      }
    } finally {
      writer.interrupt();
      writer.join();
    }
    resumeAndFollow(mirror);
  }

  private void writeUntilInterrupted() {
    for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
      source.put("/conf/" + i % 10, "v" + i);
      LockSupport.parkNanos(20_000);
    }
  }

  @Test
  void pauseReturnsTrueForMirrorThatDoesNotRun() throws Exception {
    EtcdMirror mirror = mirror();
    assertThat(mirror.pause(Duration.ZERO)).as("not started").isTrue();
    mirror.close();
    assertThat(mirror.pause(Duration.ZERO)).as("closed").isTrue();
    EtcdMirror failed = following();
    sink.faults.failAlways("apply", () -> new IllegalStateException("never"));
    source.put("/conf/a", "1");
    awaitState(failed, MirrorState.FAILED);
    assertThat(failed.pause(PATIENCE)).as("failed").isTrue();
  }

  @Test
  void approvedPausedMirrorWritesNothingBeforeResume() throws Exception {
    sink.preset("/conf/a", "1");
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.BLOCKED);
    assertThat(mirror.pause(PATIENCE)).isTrue();
    approve(mirror);
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    resumeAndFollow(mirror);
  }

  @Test
  void pauseInListenerDoesNotDeadlock() throws Exception {
    AtomicReference<EtcdMirror> self = new AtomicReference<>();
    EtcdMirror mirror =
        mirror(b ->
            b.listener(
                new MirrorListener() {
                  @Override
                  public void onBatch(EventBatch batch) {
                    requireNonNull(self.get()).pause();
                  }
                }));
    self.set(mirror);
    mirror.start();
    awaitState(mirror, MirrorState.FOLLOWING);
    long index = source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(store.index()).isEqualTo(index);
  }

  @Test
  void resumeEndsWaitingPause() throws Exception {
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/a", "1");
    gate.awaitReached();
    FutureTask<Boolean> pausing = new FutureTask<>(() -> mirror.pause(Duration.ofDays(1)));
    Thread thread = new Thread(pausing);
    thread.start();
    eventually(() -> thread.getState() == Thread.State.TIMED_WAITING);
    mirror.resume();
    assertThat(pausing.get()).isFalse();
    gate.release();
    level(mirror);
  }

  @Test
  void pausedMirrorStaysBlockedUntilApproval() throws Exception {
    sink.preset("/conf/a", "1");
    EtcdMirror mirror = started(b -> b.buffer(2, 1000));
    awaitState(mirror, MirrorState.BLOCKED);
    mirror.pause();
    source.deliverAtMost(1);
    for (int i = 0; i < 20; i++) {
      source.put("/conf/b", "" + i);
    }
    // The events are read and dropped, so that the stream stays open.
    eventually(() -> source.faults.calls("poll") > 20);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    approve(mirror);
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    resumeAndFollow(mirror);
  }

  @Test
  void repeatedPauseAndResumeAreHarmless() throws Exception {
    EtcdMirror mirror = following();
    mirror.resume();
    mirror.pause();
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    source.put("/conf/a", "1");
    resumeAndFollow(mirror);
    mirror.resume();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
  }

  @Test
  void permanentSourceFailureIsShownWhilePaused() throws Exception {
    EtcdMirror mirror = paused();
    source.faults.failAlways("poll", () -> new IllegalStateException("never again"));
    source.put("/conf/a", "1");
    eventually(() ->
        "source: java.lang.IllegalStateException: never again".equals(mirror.status().lastError()));
    mirror.resume();
    awaitState(mirror, MirrorState.FAILED);
  }

  @Test
  void pausedMirrorCanBeClosed() throws Exception {
    EtcdMirror mirror = following(b -> b.closeTimeout(Duration.ofMinutes(5)));
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    source.put("/conf/a", "1");
    assertThat(timeToClose(mirror)).as("it ends without an interrupt").isLessThan(PATIENCE);
    assertClosed(mirror, MirrorState.STOPPED);
    mirror.pause();
    mirror.resume();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
    following();
    assertThat(sink.values()).isEqualTo(source.values());
  }
}
