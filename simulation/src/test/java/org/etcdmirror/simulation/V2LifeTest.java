package org.etcdmirror.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.etcdmirror.simulation.Simulation.Outcome;
import org.etcdmirror.simulation.bytecode.Guards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links with a v2 cluster at one end or at both. */
class V2LifeTest {

  private static final int LIVES = 15;

  @ParameterizedTest
  @ValueSource(strings = {"V2Life", "V2ToV3Life", "V3ToV2Life"})
  void eachLifeEndsWithEqualClusters(String life) {
    Simulation simulation = new Simulation(life, Guards.ALL_STAND);
    long first = Long.getLong("simulation.seed", 1);
    for (long seed = first; seed < first + LIVES; seed++) {
      Outcome outcome = simulation.live(seed);
      assertThat(outcome.failure())
          .as("%s, seed %d: %s", life, seed, String.join("\n", outcome.trace()))
          .isEmpty();
    }
  }

  @Test
  void oneSeedGivesOneLife() {
    long seed = Long.getLong("simulation.seed", 1);
    long hash = new Simulation("V2Life", Guards.ALL_STAND).live(seed).hash();
    Outcome again = new Simulation("V2Life", Guards.ALL_STAND).live(seed);
    assertThat(again.hash()).as("seed %d", seed).isEqualTo(hash);
  }

  @Test
  void aMirrorThatCopiesHiddenKeysIsFoundOut() {
    Simulation broken = KnownGuards.matching("V2Paths.hiddenBelow").get(0).simulation();
    boolean isFound =
        LongStream.range(1, 200)
            .mapToObj(broken::live)
            .anyMatch(outcome -> outcome.failure().contains("a hidden one"));
    assertThat(isFound).isTrue();
  }
}
