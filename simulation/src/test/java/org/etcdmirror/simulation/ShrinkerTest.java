package org.etcdmirror.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.etcdmirror.simulation.Simulation.Outcome;
import org.etcdmirror.simulation.bytecode.Guards;
import org.etcdmirror.simulation.schedule.Script.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class ShrinkerTest {

  private static final int FEW = 8;

  @Test
  void aFailingLifeIsShrunkToFewStepsThatFailByTheSameCheck() {
    Simulation broken = KnownGuards.matching("DeleteGuard.refuses").get(0).simulation();
    Outcome failed =
        LongStream.range(1, 200)
            .mapToObj(broken::live)
            .filter(outcome -> outcome.failure().contains("without an approval"))
            .findFirst()
            .orElseThrow();
    Outcome shortest = Shrinker.shrink(broken, failed).shortest();
    assertThat(shortest.failure()).contains("without an approval");
    assertThat(shortest.check()).isEqualTo(failed.check());
    assertThat(shortest.script())
        .hasSizeLessThanOrEqualTo(FEW)
        .hasSizeLessThan(failed.script().size());
    assertThat(failed.script()).extracting(Step::number).containsAll(numbers(shortest));
  }

  private static Iterable<Integer> numbers(Outcome outcome) {
    return outcome.script().stream().map(Step::number).toList();
  }

  @Test
  void aGoodLifeIsNotShrunk() {
    Simulation simulation = new Simulation("V3Life", Guards.ALL_STAND);
    Outcome good = simulation.live(1);
    assertThatThrownBy(() -> Shrinker.shrink(simulation, good))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seed 1");
  }
}
