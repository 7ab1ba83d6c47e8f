package org.etcdmirror.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.etcdmirror.benchmarks.workload.Measure;

/** Which plots a workload gets. */
final class Plots {

  private static final List<Measure> PLOTTED =
      List.of(Measure.RATE, Measure.WARM_P50, Measure.WARM_P99, Measure.WARM_CPU);

  private Plots() {}

  /** The plots by the names of their files. */
  static Map<String, String> of(String mode, Results results) {
    Map<String, String> plots = new LinkedHashMap<>();
    for (Measure measure : results.measures()) {
      if (PLOTTED.contains(measure)) {
        String name = mode + " " + results.workload() + " " + measure.title();
        plots.put(fileName(name), BarPlot.of(results, measure));
      }
    }
    return plots;
  }

  private static String fileName(String text) {
    return text.toLowerCase(Locale.ROOT).replace(",", "").replaceAll("[^a-z0-9]+", "-") + ".svg";
  }
}
