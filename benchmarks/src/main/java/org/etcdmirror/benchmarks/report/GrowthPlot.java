package org.etcdmirror.benchmarks.report;

import java.util.List;
import java.util.OptionalDouble;
import org.etcdmirror.benchmarks.workload.Measure;

/** How the rate of a contestant changes with the size of the work: a line for each contestant. */
public final class GrowthPlot {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int LEFT = 80;
  private static final int RIGHT = 190;
  private static final int TOP = 40;
  private static final int BOTTOM = 40;
  private static final List<String> COLOURS = List.of("#2563a8", "#59a14f", "#b07aa1", "#9aa5b1");

  private final Svg svg = new Svg(WIDTH, HEIGHT);
  private final List<Results> sizes;
  private final double most;

  private GrowthPlot(List<Results> sizes) {
    this.sizes = sizes;
    this.most =
        sizes.stream()
            .flatMap(each -> each.contestants().stream().map(name -> rate(each, name)))
            .mapToDouble(rate -> rate.orElse(0))
            .max()
            .orElse(0);
  }

  /** The plot of workloads of growing size, evenly apart. */
  public static String of(String title, List<String> labels, List<Results> sizes) {
    GrowthPlot plot = new GrowthPlot(sizes);
    plot.axes(title, labels);
    List<String> contestants = sizes.get(0).contestants();
    for (int i = 0; i < contestants.size(); i++) {
      plot.line(contestants.get(i), COLOURS.get(i % COLOURS.size()), TOP + 20 + 20 * i);
    }
    return plot.svg.toString();
  }

  private void axes(String title, List<String> labels) {
    svg.text(10, 24, false, title);
    svg.line(LEFT, TOP, LEFT, y(0), "black");
    svg.line(LEFT, y(0), WIDTH - RIGHT, y(0), "black");
    svg.text(LEFT - 8, TOP + 8, true, Numbers.text(most));
    svg.text(LEFT - 8, y(0), true, "0");
    for (int i = 0; i < labels.size(); i++) {
      svg.text(x(i) + 20, HEIGHT - BOTTOM + 20, true, labels.get(i));
    }
  }

  private void line(String contestant, String colour, double legendY) {
    svg.box(WIDTH - RIGHT + 15, legendY - 10, 12, 12, colour);
    svg.text(WIDTH - RIGHT + 33, legendY, false, contestant);
    for (int i = 1; i < sizes.size(); i++) {
      OptionalDouble before = rate(sizes.get(i - 1), contestant);
      OptionalDouble after = rate(sizes.get(i), contestant);
      if (before.isPresent() && after.isPresent()) {
        svg.line(x(i - 1), y(before.getAsDouble()), x(i), y(after.getAsDouble()), colour);
      }
    }
  }

  private static OptionalDouble rate(Results results, String contestant) {
    return results.median(contestant, Measure.RATE);
  }

  private double x(int i) {
    return LEFT + 20 + (double) i * (WIDTH - LEFT - RIGHT - 40) / Math.max(1, sizes.size() - 1);
  }

  private double y(double rate) {
    return HEIGHT - BOTTOM - (most == 0 ? 0 : rate / most * (HEIGHT - TOP - BOTTOM));
  }
}
