package org.etcdmirror.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.etcdmirror.benchmarks.workload.Measure;
import org.junit.jupiter.api.Test;

class ResultsTest {

  private final Results results = new Results("copy");

  @Test
  void aHigherRateIsBetter() {
    results.add("ours", Map.of(Measure.RATE, 300.0));
    results.add("peer", Map.of(Measure.RATE, 100.0));
    assertThat(results.advantage("peer", Measure.RATE)).hasValue(3);
  }

  @Test
  void aShorterTimeIsBetter() {
    results.add("ours", Map.of(Measure.WARM_P50, 2.0));
    results.add("peer", Map.of(Measure.WARM_P50, 1.0));
    assertThat(results.advantage("peer", Measure.WARM_P50)).hasValue(0.5);
  }

  @Test
  void takesTheMedianOfTheTurns() {
    results.add("ours", Map.of(Measure.RATE, 1.0));
    results.add("ours", Map.of(Measure.RATE, 50.0));
    results.add("ours", Map.of(Measure.RATE, 2.0));
    assertThat(results.median("ours", Measure.RATE)).hasValue(2);
  }

  @Test
  void aTurnThatDoesNotCountHasNoFigure() {
    results.add("ours", Map.of(Measure.RATE, 1.0));
    results.addFailure("peer", "both sides are not equal");
    assertThat(results.median("peer", Measure.RATE)).isEmpty();
    assertThat(results.advantage("peer", Measure.RATE)).isEmpty();
    assertThat(results.contestants()).containsExactly("ours", "peer");
    assertThat(results.failures("peer")).containsExactly("both sides are not equal");
  }
}
