package org.etcdmirror.benchmarks.workload;

import java.util.EnumMap;
import java.util.Map;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.Usage;

/** Translates what the load of a live workload prints. */
final class LatencyFigures {

  private static final Map<String, Measure> MEASURES =
      Map.of(
          "cold.p50", Measure.COLD_P50,
          "cold.p99", Measure.COLD_P99,
          "cold.p999", Measure.COLD_P999,
          "cold.cpu", Measure.COLD_CPU,
          "warm.p50", Measure.WARM_P50,
          "warm.p99", Measure.WARM_P99,
          "warm.p999", Measure.WARM_P999,
          "warm.cpu", Measure.WARM_CPU);

  private LatencyFigures() {}

  static Map<Measure, Double> of(Map<String, Double> printed, Program mirror) {
    Map<Measure, Double> figures = new EnumMap<>(Measure.class);
    printed.forEach((name, value) -> figures.put(MEASURES.get(name), value));
    figures.put(Measure.PEAK, Usage.peakMebibytes(mirror.pid()));
    return figures;
  }
}
