package org.etcdmirror.core.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.Recorder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gaps that are not closed yet, and what closes them. */
@Timeout(30)
class DoubtsTest {

  private static final Duration NOW = Duration.ZERO;

  private final Recorder told = new Recorder();
  private final StateMachine states = new StateMachine("test", told);
  private final Progress progress = new Progress();
  private final Doubts doubts = new Doubts(states, progress);

  @BeforeEach
  void follow() {
    states.start();
    states.sourceConnected();
    progress.confirmed();
    progress.applied(10, 10, System.nanoTime());
  }

  private static Gap gap(Gap.Reason reason, long from) {
    return new Gap(reason, from, 0, from);
  }

  private MirrorStatus status() {
    return progress.status("test", states.state());
  }

  @Test
  void mirrorIsNotLevelWhileDoubtIsOpen() throws Exception {
    assertThat(status().caughtUp()).isTrue();
    doubts.add(gap(Gap.Reason.INDEX_DISPROVED, 10));
    assertThat(states.state()).isEqualTo(MirrorState.RESYNCING);
    assertThat(status().caughtUp()).isFalse();
    assertThat(progress.await(1, NOW)).isFalse();
    assertThat(progress.awaitLevel(new SourceHead("c", 5), NOW)).isPositive();
    doubts.ended(doubts.answer());
    assertThat(states.state()).isEqualTo(MirrorState.FOLLOWING);
    assertThat(progress.await(10, NOW)).isTrue();
    assertThat(status().caughtUp()).as("what was proven before may be wrong").isFalse();
    progress.applied(11, 11, System.nanoTime());
    assertThat(status().caughtUp()).isTrue();
  }

  @Test
  void applierIsWokenForADoubt() {
    AtomicInteger woken = new AtomicInteger();
    doubts.wakes(() -> woken.addAndGet(doubts.isEmpty() ? 0 : 1));
    doubts.add(gap(Gap.Reason.INDEX_DISPROVED, 10));
    assertThat(woken).hasValue(1);
  }

  @Test
  void recoveryDoesNotEndLaterDoubt() {
    doubts.add(gap(Gap.Reason.HISTORY_CLEARED, 10));
    long first = doubts.answer();
    doubts.add(gap(Gap.Reason.INDEX_DISPROVED, 12));
    assertThat(doubts.unanswered()).containsExactly(gap(Gap.Reason.INDEX_DISPROVED, 12));
    doubts.ended(first);
    assertThat(doubts.unanswered()).containsExactly(gap(Gap.Reason.INDEX_DISPROVED, 12));
    assertThat(states.state()).isEqualTo(MirrorState.RESYNCING);
    doubts.ended(doubts.answer());
    assertThat(doubts.isEmpty()).isTrue();
    assertThat(states.state()).isEqualTo(MirrorState.FOLLOWING);
  }

  @Test
  void laterGapOfSameReasonReplacesEarlierAndStaysOpen() {
    doubts.add(gap(Gap.Reason.HISTORY_CLEARED, 10));
    long first = doubts.answer();
    for (int i = 0; i < 1000; i++) {
      doubts.add(gap(Gap.Reason.HISTORY_CLEARED, 20 + i));
    }
    assertThat(doubts.all()).as("bounded").hasSize(1);
    doubts.ended(first);
    assertThat(doubts.unanswered()).containsExactly(gap(Gap.Reason.HISTORY_CLEARED, 1019));
    doubts.ended(doubts.answer());
    assertThat(states.state()).isEqualTo(MirrorState.FOLLOWING);
  }

  @Test
  void failedRecoveryReopensItsDoubts() {
    doubts.add(gap(Gap.Reason.HISTORY_CLEARED, 10));
    long number = doubts.answer();
    assertThat(doubts.isUnanswered()).isFalse();
    doubts.recoveryFailed(number);
    assertThat(doubts.hasRecoveryFailed()).isTrue();
    assertThat(doubts.unanswered()).hasSize(1);
    doubts.answer();
    assertThat(doubts.hasRecoveryFailed()).isFalse();
    assertThat(doubts.isUnanswered()).isFalse();
  }

  @Test
  void failedRecoveryIsIgnoredOnceNewerOneRuns() {
    doubts.add(gap(Gap.Reason.HISTORY_CLEARED, 10));
    long first = doubts.answer();
    doubts.add(gap(Gap.Reason.CLUSTER_REPLACED, 10));
    doubts.answer();
    doubts.recoveryFailed(first);
    assertThat(doubts.isUnanswered()).isFalse();
  }

  @Test
  void gravestReturnsReasonThatNeedsMostCare() {
    assertThat(doubts.gravest()).isEmpty();
    for (Gap.Reason reason :
        List.of(
            Gap.Reason.FORCED,
            Gap.Reason.HISTORY_CLEARED,
            Gap.Reason.INDEX_DISPROVED,
            Gap.Reason.SCOPE_CHANGED,
            Gap.Reason.CLUSTER_REPLACED,
            Gap.Reason.NO_CHECKPOINT)) {
      doubts.add(gap(reason, 10));
      Gap.Reason expected =
          reason == Gap.Reason.INDEX_DISPROVED ? Gap.Reason.HISTORY_CLEARED : reason;
      assertThat(doubts.gravest()).contains(gap(expected, 10));
    }
  }
}
