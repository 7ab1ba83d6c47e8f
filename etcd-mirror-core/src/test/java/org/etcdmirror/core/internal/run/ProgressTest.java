package org.etcdmirror.core.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final Progress progress = new Progress();

  private MirrorStatus status(MirrorState state) {
    return progress.status("test", state);
  }

  private static long ago(Duration duration) {
    return System.nanoTime() - duration.toNanos();
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "c", null, Instant.EPOCH);
  }

  @Test
  void partlyAppliedIndexIsShownUntilExactCheckpointIsStored() {
    progress.resumedAt(at(10).whileApplying(12));
    assertThat(status(MirrorState.FOLLOWING).applying()).isEqualTo(12);
    progress.stored(at(12));
    assertThat(status(MirrorState.FOLLOWING).applying()).isZero();
    progress.applying(13);
    assertThat(status(MirrorState.FOLLOWING).applying()).isEqualTo(13);
  }

  @Test
  void mirrorIsNotCaughtUpAtFirst() {
    assertThat(status(MirrorState.FOLLOWING).caughtUp()).isFalse();
    assertThat(status(MirrorState.FOLLOWING).sinceCaughtUp()).isNull();
  }

  @Test
  void caughtUpTimeCountsFromReadingNotWriting() {
    progress.applied(10, 10, ago(Duration.ofSeconds(5)));
    assertThat(status(MirrorState.FOLLOWING).sinceCaughtUp())
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
    assertThat(status(MirrorState.FOLLOWING).caughtUp()).isTrue();
    assertThat(status(MirrorState.RETRYING).caughtUp()).isFalse();
    assertThat(status(MirrorState.RESYNCING).caughtUp()).isFalse();
  }

  @Test
  void oldProofDoesNotCountAsCaughtUp() {
    progress.applied(10, 10, ago(Duration.ofSeconds(31)));
    assertThat(status(MirrorState.FOLLOWING).caughtUp()).isFalse();
  }

  @Test
  void mirrorIsNotCaughtUpWhileSourceIsAhead() {
    progress.sourceSeen(100);
    progress.applied(10, 20, System.nanoTime());
    MirrorStatus status = status(MirrorState.FOLLOWING);
    assertThat(status.sourceIndex()).isEqualTo(100);
    assertThat(status.lagEvents()).isEqualTo(90);
    assertThat(status.caughtUp()).isFalse();
  }

  @Test
  void shownStoredIndexNeverExceedsIndex() {
    progress.applied(10, 10, System.nanoTime());
    progress.stored(at(20));
    assertThat(status(MirrorState.FOLLOWING).storedIndex()).isEqualTo(10);
  }

  @Test
  void lagRestartsWhenSourceIndexGoesBack() {
    progress.resumedAt(at(1000));
    progress.sourceAt(50);
    progress.nothingApplied();
    assertThat(status(MirrorState.RESYNCING).lagEvents()).isEqualTo(50);
    assertThat(status(MirrorState.RESYNCING).storedIndex()).isZero();
  }

  @Test
  void lastErrorWithoutMessageShowsItsType() {
    progress.error(new IllegalStateException());
    assertThat(status(MirrorState.FAILED).lastError()).contains("IllegalStateException");
  }
}
