package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;

class MirrorCloseTest extends MirrorFixture {

  private static CompletableFuture<Void> closing(EtcdMirror mirror) {
    CompletableFuture<Void> closed = CompletableFuture.runAsync(mirror::close);
    awaitState(mirror, MirrorState.STOPPING);
    return closed;
  }

  @Test
  void mirrorThatNeverStartedCanBeClosed() {
    EtcdMirror mirror = mirror();
    mirror.close();
    assertClosed(mirror, MirrorState.STOPPED);
    assertThatThrownBy(mirror::start).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(mirror::run).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(mirror::syncOnce).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closeEndsMirrorWhileSourceDoesNotAnswer() throws Exception {
    Faults.Gate gate = source.faults.block("head");
    EtcdMirror mirror = started();
    gate.awaitReached();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.CONNECTING);
    assertThat(timeToClose(mirror)).isLessThan(Duration.ofSeconds(30));
    assertClosed(mirror, MirrorState.STOPPED);
  }

  @Test
  void closeEndsMirrorDuringBackoff() {
    source.faults.failAlways("head", () -> new IOException("down"));
    EtcdMirror mirror = started(b -> b.backoff(Duration.ofSeconds(100), Duration.ofSeconds(1000)));
    eventually(() -> !told.retries.isEmpty());
    assertThat(timeToClose(mirror)).isLessThan(Duration.ofSeconds(30));
    assertClosed(mirror, MirrorState.STOPPED);
  }

  @Test
  void closeEndsMirrorWhileStoreCannotBeRead() {
    store.faults.failAlways("load", () -> new IOException("down"));
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.RETRYING);
    mirror.close();
    assertClosed(mirror, MirrorState.STOPPED);
  }

  /** An unfinished resync stores no index. */
  private void assertNotLevel() {
    assertThat(store.index()).isZero();
    assertThat(store.notes()).containsKey("must-compare");
  }

  @Test
  void closeDuringResyncEndsAfterCurrentBatch() throws Exception {
    for (int i = 0; i < 1500; i++) {
      source.put("/conf/" + i, "v");
    }
    Faults.Gate gate = sink.faults.block("apply");
    EtcdMirror mirror = started();
    gate.awaitReached();
    CompletableFuture<Void> closed = closing(mirror);
    gate.release();
    closed.get(60, TimeUnit.SECONDS);
    assertClosed(mirror, MirrorState.STOPPED);
    assertThat(sink.batches()).as("no batch after the current one").hasSize(1);
    assertNotLevel();
  }

  @Test
  void closeDuringResyncWithoutWritesStopsReading() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    sink.preset("/conf/a", "1");
    sink.preset("/conf/b", "1");
    Faults.Gate gate = source.faults.block("next");
    EtcdMirror mirror = started();
    gate.awaitReached();
    CompletableFuture<Void> closed = closing(mirror);
    gate.release();
    closed.get(60, TimeUnit.SECONDS);
    assertNotLevel();
    assertThat(source.faults.calls("next")).isLessThan(3);
  }

  @Test
  void closeFinishesAndStoresCurrentBatch() throws Exception {
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("apply");
    long index = source.put("/conf/a", "1");
    gate.awaitReached();
    CompletableFuture<Void> closed = closing(mirror);
    assertThat(closed).isNotDone();
    gate.release();
    closed.get(60, TimeUnit.SECONDS);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    assertThat(store.index()).isEqualTo(index);
    assertClosed(mirror, MirrorState.STOPPED);
  }

  @Test
  void closeInterruptsHangingSink() throws Exception {
    EtcdMirror mirror = following(b -> b.closeTimeout(Duration.ofMillis(100)));
    long before = store.index();
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/a", "1");
    gate.awaitReached();
    assertThat(timeToClose(mirror)).isLessThan(Duration.ofSeconds(30));
    assertThat(store.index()).isEqualTo(before);
    assertClosed(mirror, MirrorState.STOPPED);
  }

  @Test
  void closeAbandonsSinkThatIgnoresInterrupts() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    sink =
        new FakeSink(sink.keyModel()) {
          @Override
          public void apply(EventBatch batch) throws IOException, InterruptedException {
            hangs.countDown();
            goOn.join();
            super.apply(batch);
          }
        };
    source.put("/conf/a", "1");
    EtcdMirror mirror = started(b -> b.closeTimeout(Duration.ofMillis(50)));
    hangs.await();
    assertThat(timeToClose(mirror)).isLessThan(Duration.ofSeconds(30));
    assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
    goOn.complete(null);
    eventually(() -> mirrorThreads().isEmpty());
    assertNotLevel();
  }

  @Test
  void closeStoresProgressWhileFollowing() throws Exception {
    EtcdMirror mirror = following();
    source.foreignWrites(100);
    level(mirror);
    mirror.close();
    assertThat(store.index()).isEqualTo(source.index());
    assertClosed(mirror, MirrorState.STOPPED);
  }

  @Test
  void closeStoresProgressWhileSourceIsDown() throws Exception {
    EtcdMirror mirror = following();
    source.foreignWrites(100);
    level(mirror);
    source.faults.failAlways("head", () -> new IOException("down"));
    source.breakStreams();
    awaitState(mirror, MirrorState.RETRYING);
    mirror.close();
    assertThat(store.index()).isEqualTo(source.index());
  }

  @Test
  void closeKeepsFailedState() {
    source.faults.failNext("head", new PermanentException("never"));
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.FAILED);
    mirror.close();
    assertClosed(mirror, MirrorState.FAILED);
  }

  @Test
  void closeEndsReaderDespiteFullBuffer() throws Exception {
    source.deliverAtMost(1);
    EtcdMirror mirror = following(b -> b.buffer(1, 1_000_000).closeTimeout(Duration.ofMillis(100)));
    Faults.Gate gate = sink.faults.block("apply");
    for (int i = 0; i < 10; i++) {
      source.put("/conf/" + i, "v");
    }
    gate.awaitReached();
    mirror.close();
    assertClosed(mirror, MirrorState.STOPPED);
  }
}
