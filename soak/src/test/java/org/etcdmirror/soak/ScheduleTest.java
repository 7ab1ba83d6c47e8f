package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ScheduleTest {

  private static final Duration LENGTH = Duration.ofSeconds(75);

  @Test
  void isTheSameForTheSameSeed() {
    assertThat(draw(7)).isEqualTo(draw(7)).isNotEqualTo(draw(8));
  }

  @Test
  void fillsItsTime() {
    List<Step> steps = draw(7);
    Duration begun =
        steps.subList(0, steps.size() - 1).stream()
            .map(Step::pause)
            .reduce(Duration.ZERO, Duration::plus);
    assertThat(begun).isLessThan(LENGTH);
    assertThat(begun.plus(steps.get(steps.size() - 1).pause())).isGreaterThanOrEqualTo(LENGTH);
  }

  private static List<Step> draw(long seed) {
    return Schedule.draw(new Random(seed), LENGTH);
  }
}
