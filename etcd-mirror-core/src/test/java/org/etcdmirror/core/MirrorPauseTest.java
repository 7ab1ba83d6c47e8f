package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
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
  void theBatchInHandIsFinishedAndStored() throws Exception {
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("apply");
    long inHand = source.put("/conf/a", "1");
    gate.awaitReached();
    mirror.pause();
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
    assertThat(told.gaps).hasSize(1);
    assertThat(source.faults.calls("open after")).as("the same stream").isZero();
  }

  @Test
  void progressWithoutEventsIsStoredBeforeItStands() throws Exception {
    EtcdMirror mirror = following();
    source.foreignWrites(10);
    level(mirror);
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(store.index()).isEqualTo(source.index());
  }

  @Test
  void theSourceIsReadUntilTheBufferIsFull() throws Exception {
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
    // What is in the buffer, the one that finds no room, and the poll that was under way.
    assertThat(source.faults.calls("poll") - polls).isBetween(5, 7);
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
  void beforeTheStartItHoldsFromTheStartOn() throws Exception {
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
  void whileTheSourceNeverAnswered() throws Exception {
    source.faults.failAlways("head", () -> new IOException("down"));
    EtcdMirror mirror = started();
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    eventually(() -> "down".equals(mirror.status().lastError()));
    source.faults.heal("head");
    resumeAndFollow(mirror);
  }

  @Test
  void whileTheSinkFailsItIsTheBatchInHandThatIsRetried() throws Exception {
    EtcdMirror mirror = following();
    sink.faults.failAlways("apply", () -> new IOException("down"));
    source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.RETRYING);
    mirror.pause();
    int calls = sink.faults.calls("apply");
    eventually(() -> sink.faults.calls("apply") > calls + 1);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING);
    sink.faults.heal("apply");
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    resumeAndFollow(mirror);
  }

  @Test
  void aResyncUnderWayIsFinished() throws Exception {
    source.put("/conf/a", "1");
    Faults.Gate gate = source.faults.block("snapshot");
    EtcdMirror mirror = started();
    gate.awaitReached();
    awaitState(mirror, MirrorState.RESYNCING);
    mirror.pause();
    source.put("/conf/b", "2");
    eventually(() -> mirror.status().sourceIndex() == source.index());
    assertThat(mirror.status().state()).isEqualTo(MirrorState.RESYNCING);
    gate.release();
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(store.index()).isEqualTo(source.index());
    resumeAndFollow(mirror);
  }

  @Test
  void aQuestionStaysAQuestion() throws Exception {
    sink.preset("/conf/a", "1");
    EtcdMirror mirror = started(b -> b.buffer(2, 1000));
    awaitState(mirror, MirrorState.BLOCKED);
    mirror.pause();
    source.deliverAtMost(1);
    for (int i = 0; i < 20; i++) {
      source.put("/conf/b", "" + i);
    }
    // Taken and dropped, so that the stream lives.
    eventually(() -> source.faults.calls("poll") > 20);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    approve(mirror);
    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    resumeAndFollow(mirror);
  }

  @Test
  void repeatedIsHarmless() throws Exception {
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
  void aSourceThatEndsForGoodMeanwhileIsShownAtOnce() throws Exception {
    EtcdMirror mirror = paused();
    source.faults.failAlways("poll", () -> new IllegalStateException("never again"));
    source.put("/conf/a", "1");
    eventually(() -> "never again".equals(mirror.status().lastError()));
    mirror.resume();
    awaitState(mirror, MirrorState.FAILED);
  }

  @Test
  void itCanBeClosed() throws Exception {
    EtcdMirror mirror = following(b -> b.closeTimeout(Duration.ofMinutes(5)));
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    source.put("/conf/a", "1");
    assertThat(timeToClose(mirror)).as("it need not be broken off").isLessThan(PATIENCE);
    assertClosed(mirror, MirrorState.STOPPED);
    mirror.pause();
    mirror.resume();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
    following();
    assertThat(sink.values()).isEqualTo(source.values());
  }
}
