package org.etcdmirror.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.etcdmirror.simulation.Simulation.Outcome;
import org.etcdmirror.simulation.bytecode.Guards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members of a link, which stand by for each other. */
@Timeout(900)
class StandbyLifeTest {

  private static final long SEED = Long.getLong("simulation.seed", 1);
  private static final int LIVES = Integer.getInteger("simulation.lives", 12);

  private final Simulation simulation = new Simulation("V3StandbyLife", Guards.ALL_STAND);

  @ParameterizedTest
  @ValueSource(strings = {"V3StandbyLife", "V2StandbyLife"})
  void everyLifeKeepsThePromisesAndEndsWithOneLevelLeader(String life) {
    Simulation lives = new Simulation(life, Guards.ALL_STAND);
    LongStream.range(SEED, SEED + LIVES)
        .mapToObj(lives::live)
        .forEach(outcome ->
            assertThat(outcome.failure())
                .as("%s, seed %d\n%s", life, outcome.seed(), String.join("\n", outcome.trace()))
                .isEmpty());
  }

  /** A woken process, a slow answer, a connection that ended unheard, a restored sink. */
  @ParameterizedTest
  @ValueSource(longs = {31774, 31858, 31227, 31627})
  void lifeThatFailedOnceIsGood(long seed) {
    Outcome outcome = simulation.live(seed);
    assertThat(outcome.failure()).as(String.join("\n", outcome.trace())).isEmpty();
  }

  @Test
  void oneSeedGivesOneLife() {
    Outcome first = simulation.live(SEED);
    Outcome second = new Simulation("V3StandbyLife", Guards.ALL_STAND).live(SEED);
    assertThat(second.hash()).as("seed %d", SEED).isEqualTo(first.hash());
  }

  @Test
  void aMemberThatDoesNotResignIsFoundOut() {
    Simulation broken = KnownGuards.matching("SinkCandidate.resign").get(0).simulation();
    boolean isFound =
        LongStream.range(1, 20)
            .mapToObj(broken::live)
            .anyMatch(outcome -> outcome.failure().contains("were closed, and one leads"));
    assertThat(isFound).isTrue();
  }
}
