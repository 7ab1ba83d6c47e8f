package org.etcdmirror.core.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.MirrorStatus.ResyncLoop;
import org.junit.jupiter.api.Test;

class RepeatedResyncsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private RepeatedResyncs repeated = paced(Duration.ofDays(1));

  private RepeatedResyncs paced(Duration within) {
    return new RepeatedResyncs(
        "test", new RepeatedResyncs.Pace(within, Duration.ofHours(1), Duration.ofHours(4)));
  }

  private static Gap gap(Gap.Reason reason) {
    return new Gap(reason, 1, 5, 9);
  }

  private void ended(Gap.Reason... reasons) {
    for (Gap.Reason reason : reasons) {
      repeated.ended(List.of(gap(reason)));
    }
  }

  @Test
  void thirdResyncForOneReasonIsALoop() {
    ended(Gap.Reason.HISTORY_CLEARED, Gap.Reason.HISTORY_CLEARED);
    assertThat(repeated.now()).isNull();

    ended(Gap.Reason.HISTORY_CLEARED);

    assertThat(repeated.now())
        .extracting(ResyncLoop::reason, ResyncLoop::resyncs)
        .containsExactly(Gap.Reason.HISTORY_CLEARED, 3);
  }

  @Test
  void resyncsForDifferentReasonsAreNoLoop() {
    ended(
        Gap.Reason.HISTORY_CLEARED,
        Gap.Reason.SINK_DRIFTED,
        Gap.Reason.HISTORY_CLEARED,
        Gap.Reason.SINK_ROLLED_BACK);

    assertThat(repeated.now()).isNull();
  }

  @Test
  void oneResyncForTwoGapsOfAReasonCountsOnce() {
    Gap gap = gap(Gap.Reason.SINK_DRIFTED);
    repeated.ended(List.of(gap, gap, gap));

    assertThat(repeated.now()).isNull();
  }

  @Test
  void comparisonsThatWereAskedForAreNoLoop() {
    ended(Gap.Reason.FORCED, Gap.Reason.FORCED, Gap.Reason.FORCED, Gap.Reason.FORCED);

    assertThat(repeated.now()).isNull();
    assertThat(repeated.left(List.of(gap(Gap.Reason.FORCED)))).isZero();
  }

  @Test
  void comparisonThatWasAskedForDoesNotWaitInALoop() {
    ended(Gap.Reason.SINK_DRIFTED, Gap.Reason.SINK_DRIFTED, Gap.Reason.SINK_DRIFTED);

    assertThat(repeated.left(List.of(gap(Gap.Reason.SINK_DRIFTED), gap(Gap.Reason.FORCED))))
        .isZero();
  }

  @Test
  void eachNextResyncWaitsTwiceAsLongUpToABound() {
    ended(Gap.Reason.HISTORY_CLEARED, Gap.Reason.HISTORY_CLEARED);
    for (int hours : new int[] {1, 2, 4, 4, 4}) {
      ended(Gap.Reason.HISTORY_CLEARED);

      assertThat(repeated.now())
          .extracting(ResyncLoop::nextIn)
          .satisfies(next ->
              assertThat(next)
                  .isBetween(Duration.ofMinutes(hours * 60L - 1), Duration.ofHours(hours)));
    }
  }

  @Test
  void resyncForAnotherReasonDoesNotWait() {
    ended(Gap.Reason.SINK_DRIFTED, Gap.Reason.SINK_DRIFTED, Gap.Reason.SINK_DRIFTED);

    assertThat(repeated.left(List.of(gap(Gap.Reason.HISTORY_CLEARED)))).isZero();
  }

  @Test
  void loopIsOverWhenTheTimePassesWithoutAResync() {
    repeated = paced(Duration.ofSeconds(3));
    ended(Gap.Reason.SINK_DRIFTED, Gap.Reason.SINK_DRIFTED, Gap.Reason.SINK_DRIFTED);
    assertThat(repeated.now()).isNotNull();

    await().atMost(PATIENCE).until(() -> repeated.now() == null);

    assertThat(repeated.left(List.of(gap(Gap.Reason.SINK_DRIFTED)))).isZero();
    ended(Gap.Reason.SINK_DRIFTED);
    assertThat(repeated.now()).isNull();
  }
}
