package org.etcdmirror.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.etcdmirror.simulation.Simulation.Outcome;
import org.etcdmirror.simulation.bytecode.Guards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        .forEach(outcome ->
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

  @ParameterizedTest
  @CsvSource({
    "DeleteGuard.refuses, without an approval",
    "FormerScopes.note, what a former scope left",
    "LeaseWatch.refresh, whose lease is kept alive",
    "CutoverMark.of, a link that was cut over"
  })
  void aMirrorWithoutAGuardIsFoundOut(String guard, String failure) {
    Simulation broken = KnownGuards.matching(guard).get(0).simulation();
    // The first life that shows it is the last: a stream that AssertJ gets is lived to its end.
    boolean isFound =
        LongStream.range(1, 200)
            .mapToObj(broken::live)
            .anyMatch(outcome -> outcome.failure().contains(failure));
    assertThat(isFound).as(guard).isTrue();
  }
}
