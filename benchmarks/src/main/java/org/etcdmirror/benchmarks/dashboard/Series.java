package org.etcdmirror.benchmarks.dashboard;

import java.util.List;
import java.util.Map;

/**
 * Values over time.
 *
 * @param labels of the series
 * @param points in their order
 */
record Series(Map<String, String> labels, List<Point> points) {

  /**
   * A value.
   *
   * @param second on the wall clock, since 1970
   * @param value may be NaN
   */
  record Point(double second, double value) {}

  /** The name that a legend gives it. */
  String name(String legend) {
    String name = legend;
    for (Map.Entry<String, String> label : labels.entrySet()) {
      name = name.replace("{{" + label.getKey() + "}}", label.getValue());
    }
    return name.replaceAll("\\{\\{[^}]*}}", "").strip();
  }
}
