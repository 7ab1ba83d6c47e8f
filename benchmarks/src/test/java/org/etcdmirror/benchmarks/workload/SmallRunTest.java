package org.etcdmirror.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.JavaContestant;
import org.etcdmirror.benchmarks.contestant.Link;
import org.etcdmirror.benchmarks.contestant.Service;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.process.UnusableException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Test;

class SmallRunTest {

  private static final int KEYS = 300;

  private static Workload copyBy(Contestant contestant) {
    return V3Copy.of(
        new Field(() -> EtcdServer.builder().enableV2(false).start(), List.of(contestant)),
        KEYS,
        100,
        Sides.Line.NEAR);
  }

  @Test
  void theServiceAndTheRawLimitCopyAFewKeys() throws Exception {
    for (Contestant contestant : List.of(Service.ofClassPath("v3"), JavaContestant.RAW_V3)) {
      Map<Measure, Double> figures = copyBy(contestant).turn(contestant);
      assertThat(figures)
          .as(contestant.name())
          .containsOnlyKeys(
              Measure.RATE,
              Measure.RATE_WITH_START,
              Measure.TIME,
              Measure.CPU,
              Measure.SOURCE_CPU,
              Measure.PEAK);
      assertThat(figures.get(Measure.RATE))
          .isGreaterThanOrEqualTo(figures.get(Measure.RATE_WITH_START));
    }
  }

  @Test
  void aProgramThatEndsHasNoFigure() {
    Contestant broken = new EndsAtOnce();
    assertThatThrownBy(() -> copyBy(broken).turn(broken))
        .isInstanceOf(UnusableException.class)
        .hasMessageContaining("ended with 7");
  }

  private static final class EndsAtOnce implements Contestant {

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public boolean continuesAfterStop() {
      return true;
    }

    @Override
    public List<String> command(Link link) {
      return List.of("sh", "-c", "exit 7");
    }
  }
}
