package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.FencedException;
import org.junit.jupiter.api.Test;

/** What {@link EtcdMirror#await} returns, and when. */
class MirrorAwaitTest extends MirrorFixture {

  private static final Duration A_MOMENT = Duration.ofMillis(30);

  /** A previous run copied a key and was closed; returns the index of the key. */
  private long copiedBefore() throws InterruptedException {
    long index = source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    level(mirror);
    mirror.close();
    return index;
  }

  @Test
  void awaitIgnoresStoredIndexBeforeSourceAnswers() throws Exception {
    final long index = copiedBefore();
    source.faults.failAlways("head", () -> new IOException("down"));
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.CONNECTING);
    eventually(() -> mirror.status().index() == index);
    assertThat(mirror.await(index, A_MOMENT)).isFalse();
    source.faults.heal("head");
    assertThat(mirror.await(index, PATIENCE)).isTrue();
  }

  @Test
  void awaitIgnoresStoredIndexBeforeStreamIsOpen() throws Exception {
    final long index = copiedBefore();
    Faults.Gate gate = source.faults.block("open after");
    EtcdMirror mirror = started();
    gate.awaitReached();
    assertThat(mirror.status().index()).isEqualTo(index);
    assertThat(mirror.await(index, A_MOMENT)).isFalse();
    gate.release();
    assertThat(mirror.await(index, PATIENCE)).isTrue();
  }

  @Test
  void awaitIgnoresStoredIndexOfReplacedSource() throws Exception {
    copiedBefore();
    source.goBackTo(2);
    long index = source.put("/conf/new", "1");
    Faults.Gate gate = source.faults.block("head");
    EtcdMirror mirror = started();
    gate.awaitReached();
    assertThat(mirror.await(index, A_MOMENT)).isFalse();
    gate.release();
    assertThat(mirror.await(index, PATIENCE)).isTrue();
    assertThat(sink.values()).containsOnlyKeys("/conf/new");
  }

  @Test
  void awaitIgnoresAllIndexesWhileSourceIsAway() throws Exception {
    copiedBefore();
    EtcdMirror mirror = following();
    source.faults.failAlways("head", () -> new IOException("down"));
    source.goBackTo(2);
    long index = source.put("/conf/new", "1");
    awaitState(mirror, MirrorState.RETRYING);
    assertThat(mirror.status().index()).isGreaterThan(index);
    assertThat(mirror.await(index, A_MOMENT)).isFalse();
    source.faults.heal("head");
    assertThat(mirror.await(index, PATIENCE)).isTrue();
    assertThat(sink.values()).containsOnlyKeys("/conf/new");
  }

  @Test
  void awaitAfterCloseAnswersFromLastKnownIndex() throws Exception {
    final long index = copiedBefore();
    EtcdMirror mirror = following();
    mirror.close();
    assertThat(mirror.await(index, Duration.ofDays(1))).isTrue();
    assertThat(mirror.await(source.index() + 1, Duration.ofDays(1))).isFalse();
  }

  @Test
  void awaitAfterCloseIgnoresIndexThatSourceDidNotConfirm() throws Exception {
    final long index = copiedBefore();
    source.faults.failAlways("head", () -> new IOException("down"));
    EtcdMirror mirror = started();
    eventually(() -> mirror.status().index() == index);
    mirror.close();
    assertThat(mirror.await(index, Duration.ofDays(1))).isFalse();
  }

  @Test
  void awaitIsFalseForClosedMirrorThatNeverStarted() throws Exception {
    final long index = copiedBefore();
    EtcdMirror mirror = mirror();
    mirror.close();
    assertThat(mirror.await(0, Duration.ofDays(1))).isFalse();
    assertThat(mirror.await(index, Duration.ofDays(1))).isFalse();
  }

  @Test
  void awaitAfterFailureAnswersFromLastKnownIndex() throws Exception {
    final long index = copiedBefore();
    EtcdMirror mirror = following();
    sink.faults.failAlways("apply", () -> new IllegalStateException("never"));
    long refused = source.put("/conf/b", "2");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.await(index, Duration.ofDays(1))).isTrue();
    assertThat(mirror.await(refused, Duration.ofDays(1))).isFalse();
  }

  @Test
  void awaitIsFalseAfterPolicyFailsOnGap() throws Exception {
    final long index = copiedBefore();
    source.foreignWrites(5);
    source.clearHistory();
    EtcdMirror mirror = started(b -> b.recoveryPolicy(RecoveryPolicy.fail()));
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.await(index, Duration.ofDays(1))).isFalse();
  }

  @Test
  void awaitIsFalseAfterMirrorWasFenced() throws Exception {
    final long index = copiedBefore();
    EtcdMirror mirror = following();
    sink.faults.failAlways("apply", () -> new FencedException("another mirror"));
    source.put("/conf/b", "2");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.await(index, Duration.ofDays(1))).isFalse();
  }

  @Test
  void awaitReturnsFalseWhenMirrorIsClosed() throws Exception {
    copiedBefore();
    EtcdMirror mirror = following();
    Thread closer = new Thread(mirror::close);
    long began = System.nanoTime();
    closer.start();
    assertThat(mirror.await(source.index() + 100, Duration.ofDays(1))).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE);
    closer.join();
  }

  @Test
  void awaitIsTrueAfterSyncOnce() throws Exception {
    final long index = copiedBefore();
    EtcdMirror mirror = mirror();
    mirror.syncOnce();
    assertThat(mirror.await(index, Duration.ofDays(1))).isTrue();
  }

  @Test
  void awaitIsFalseAfterFailedSyncOnce() throws Exception {
    final long index = copiedBefore();
    source.faults.failAlways("snapshot", () -> new IllegalStateException("never"));
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::syncOnce).isInstanceOf(MirrorFailedException.class);
    assertThat(mirror.await(index, Duration.ofDays(1))).isFalse();
  }
}
