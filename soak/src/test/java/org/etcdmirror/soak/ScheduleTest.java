package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.soak.Fault.OF_A_LEADER;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ScheduleTest {

  private static final Duration LENGTH = Duration.ofSeconds(75);

  @Test
  void isTheSameForTheSameSeed() {
    assertThat(draw(7, true)).isEqualTo(draw(7, true)).isNotEqualTo(draw(8, true));
  }

  @Test
  void fillsItsTime() {
    List<Step> steps = draw(7, false);
    Duration begun =
        steps.subList(0, steps.size() - 1).stream()
            .map(Step::pause)
            .reduce(Duration.ZERO, Duration::plus);
    assertThat(begun).isLessThan(LENGTH);
    assertThat(begun.plus(steps.get(steps.size() - 1).pause())).isGreaterThanOrEqualTo(LENGTH);
  }

  @Test
  void meetsALeaderOnlyIfThereIsAStandby() {
    for (long seed = 0; seed < 50; seed++) {
      assertThat(draw(seed, false))
          .extracting(Step::fault)
          .doesNotContainAnyElementsOf(OF_A_LEADER);
    }
    assertThat(draw(7, true)).extracting(Step::fault).containsAnyElementsOf(OF_A_LEADER);
  }

  private static List<Step> draw(long seed, boolean standby) {
    return Schedule.draw(new Random(seed), LENGTH, standby);
  }
}
