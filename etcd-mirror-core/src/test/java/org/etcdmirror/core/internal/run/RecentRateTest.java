package org.etcdmirror.core.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentRateTest {

  private static final long BEGAN = nanos(-3);

  private final RecentRate rate = new RecentRate(BEGAN);

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }

  private void observe(long count, double secondsAfterBegin) {
    rate.observe(count, BEGAN + nanos(secondsAfterBegin));
  }

  @Test
  void firstSecondShowsNoRateAndForeseesNothing() {
    observe(500, 0.9);

    assertThat(rate.perSecond()).isZero();
    assertThat(rate.timeFor(10)).isNull();
  }

  @Test
  void rateOfAYoungCountIsThatSinceItsBeginning() {
    observe(100, 2);
    observe(600, 4);

    assertThat(rate.perSecond()).isEqualTo(150);
    assertThat(rate.timeFor(300)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void onlyTheLastThirtySecondsCount() {
    for (int second = 1; second <= 100; second++) {
      observe(1_000_000, second);
    }
    for (int second = 101; second <= 130; second++) {
      observe(1_000_000 + 10L * (second - 100), second);
    }

    assertThat(rate.perSecond()).isEqualTo(10);
  }

  @Test
  void withFewLooksTheNewestOldOneCounts() {
    observe(1000, 100);
    observe(1600, 160);

    assertThat(rate.perSecond()).isEqualTo(10);
  }

  @Test
  void countThatStandsStillForeseesNothing() {
    observe(1000, 10);
    for (int second = 11; second <= 41; second++) {
      observe(1000, second);
    }

    assertThat(rate.perSecond()).isZero();
    assertThat(rate.timeFor(10)).isNull();
  }

  @Test
  void nothingLeftTakesNoTimeAtAnyRate() {
    assertThat(rate.timeFor(0)).isEqualTo(Duration.ZERO);
    observe(5, 10);
    assertThat(rate.timeFor(0)).isEqualTo(Duration.ZERO);
  }

  @Test
  void timeThatIsFarTooLongIsNotForeseen() {
    observe(1, 30);

    assertThat(rate.timeFor(1000)).isEqualTo(Duration.ofMinutes(500));
    assertThat(rate.timeFor(Long.MAX_VALUE)).isNull();
  }
}
