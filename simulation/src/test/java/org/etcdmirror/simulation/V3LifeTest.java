package org.etcdmirror.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.etcdmirror.simulation.Simulation.Outcome;
import org.etcdmirror.simulation.bytecode.Guards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whole mirrors between model servers. {@code -Dsimulation.seed=N} begins with one seed, {@code
 * -Dsimulation.lives=N} lives so many.
 */
@Timeout(900)
class V3LifeTest {

  private static final long SEED = Long.getLong("simulation.seed", 1);
  private static final int LIVES = Integer.getInteger("simulation.lives", 60);

  private final Simulation simulation = new Simulation("V3Life", Guards.ALL_STAND);

  @Test
  void everyLifeKeepsThePromisesAndEndsEqual() {
    LongStream.range(SEED, SEED + LIVES)
        .mapToObj(simulation::live)
        .forEach(
            outcome ->
                assertThat(outcome.failure())
                    .as("seed %d\n%s", outcome.seed(), String.join("\n", outcome.trace()))
                    .isEmpty());
  }

  @Test
  void oneSeedGivesOneLife() {
    Outcome first = simulation.live(SEED);
    Outcome second = new Simulation("V3Life", Guards.ALL_STAND).live(SEED);
    assertThat(second.hash()).as("seed %d", SEED).isEqualTo(first.hash());
    assertThat(second.trace()).isEqualTo(first.trace());
  }

  @Test
  void aMirrorWithoutItsDeleteLimitIsFoundOut() {
    Simulation broken = KnownGuards.matching("DeleteGuard.refuses").get(0).simulation();
    assertThat(LongStream.range(1, 200).mapToObj(broken::live))
        .anyMatch(outcome -> outcome.failure().contains("without an approval"));
  }
}
