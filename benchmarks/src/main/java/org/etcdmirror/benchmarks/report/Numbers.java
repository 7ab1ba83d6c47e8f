package org.etcdmirror.benchmarks.report;

import java.util.Locale;

/** Figures for people: three digits that count. */
public final class Numbers {

  private Numbers() {}

  /** The figure in a few characters. */
  public static String text(double figure) {
    double size = Math.abs(figure);
    if (size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", figure);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", figure);
  }
}
