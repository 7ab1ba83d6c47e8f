package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatientClockTest {

  private final PatientClock clock = new PatientClock();

  @Test
  void unplannedPauseCountsAtMostThreeTimesPlannedWait() {
    long until = System.nanoTime() + Duration.ofMillis(200).toNanos();
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    clock.advance(Duration.ofMillis(10));
    assertThat(clock.now()).isEqualTo(Duration.ofMillis(30).toNanos());
  }

  @Test
  void elapsedTimeWithinPlannedWaitIsCounted() {
    long before = System.nanoTime();
    while (System.nanoTime() - before < Duration.ofMillis(50).toNanos()) {
      Thread.onSpinWait();
    }
    assertThat(clock.advance(Duration.ofSeconds(10)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
  }
}
