package org.etcdmirror.benchmarks.report;

import java.util.List;

/** The figure in the middle, which single bad runs do not move. */
final class Median {

  private Median() {}

  /** Of an even number of figures, the mean of the two in the middle. */
  static double of(List<Double> figures) {
    if (figures.isEmpty()) {
      throw new IllegalArgumentException("no figures");
    }
    List<Double> sorted = figures.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
