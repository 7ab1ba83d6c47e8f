package org.etcdmirror.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that was measured in a mode.
 *
 * @param mode {@code quick} or {@code full}
 * @param measured the workloads, in the order of the suite
 */
public record Report(String mode, List<Measured> measured) {

  /** Copies the list. */
  public Report {
    measured = List.copyOf(measured);
  }

  /**
   * This report, with the workloads that only an earlier one has. So a long suite can be measured
   * in parts.
   *
   * @param names of all workloads of the suite, in order; others are left out
   */
  public Report over(Report earlier, List<String> names) {
    Map<String, Measured> newest = new LinkedHashMap<>();
    earlier.measured.forEach(each -> newest.put(each.results().workload(), each));
    measured.forEach(each -> newest.put(each.results().workload(), each));
    List<Measured> all = new ArrayList<>();
    for (String name : names) {
      Measured one = newest.get(name);
      if (one != null) {
        all.add(one);
      }
    }
    return new Report(mode, all);
  }

  /** The runs that took part in it. */
  List<Run> runs() {
    return measured.stream().map(Measured::run).distinct().toList();
  }

  /** The figures alone. */
  List<Results> results() {
    return measured.stream().map(Measured::results).toList();
  }
}
