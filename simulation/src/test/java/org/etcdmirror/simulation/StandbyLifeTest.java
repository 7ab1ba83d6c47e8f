package org.etcdmirror.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.etcdmirror.simulation.Simulation.Outcome;
import org.etcdmirror.simulation.bytecode.Guards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members of a link, which stand by for each other. */
@Timeout(900)
class StandbyLifeTest {

  private static final long SEED = Long.getLong("simulation.seed", 1);
  private static final int LIVES = Integer.getInteger("simulation.lives", 20);

  private final Simulation simulation = new Simulation("V3StandbyLife", Guards.ALL_STAND);

  @Test
  void everyLifeKeepsThePromisesAndEndsWithOneLevelLeader() {
    LongStream.range(SEED, SEED + LIVES)
        .mapToObj(simulation::live)
        .forEach(outcome ->
            assertThat(outcome.failure())
                .as("seed %d\n%s", outcome.seed(), String.join("\n", outcome.trace()))
                .isEmpty());
  }

  @Test
  void oneSeedGivesOneLife() {
    Outcome first = simulation.live(SEED);
    Outcome second = new Simulation("V3StandbyLife", Guards.ALL_STAND).live(SEED);
    assertThat(second.hash()).as("seed %d", SEED).isEqualTo(first.hash());
  }

  @ParameterizedTest
  @CsvSource({
    "SinkFence.mustMove, before it has moved the fence",
    "WarmWatch.takeOver, took over by a resync",
    "SinkCandidate.resign, no standby leads in time"
  })
  void aMemberWithoutAGuardIsFoundOut(String guard, String failure) {
    Simulation broken = KnownGuards.matching(guard).get(0).simulation();
    boolean isFound =
        LongStream.range(1, 100)
            .mapToObj(broken::live)
            .anyMatch(outcome -> outcome.failure().contains(failure));
    assertThat(isFound).as(guard).isTrue();
  }
}
