package org.etcdmirror.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.benchmarks.workload.Measure;

/** Which plots a workload gets. */
final class Plots {

  private static final List<Measure> PLOTTED =
      List.of(Measure.RATE, Measure.WARM_P50, Measure.WARM_P99, Measure.WARM_CPU);

  private static final Pattern COPY = Pattern.compile("v3 copy, ([\\d,]+) keys of 100 bytes");

  private Plots() {}

  /** The rate of the copy by the number of keys; empty if fewer than two sizes were measured. */
  static Optional<String> growth(List<Results> all) {
    List<Results> copies = all.stream().filter(each -> matches(each).matches()).toList();
    if (copies.size() < 2) {
      return Optional.empty();
    }
    List<String> labels =
        copies.stream().map(Plots::matches).map(size -> size.replaceAll("$1")).toList();
    return Optional.of(GrowthPlot.of("v3 copy: rate by the number of keys, 1/s", labels, copies));
  }

  private static Matcher matches(Results results) {
    return COPY.matcher(results.workload());
  }

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
