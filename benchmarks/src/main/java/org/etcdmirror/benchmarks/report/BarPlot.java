package org.etcdmirror.benchmarks.report;

import java.util.List;
import java.util.OptionalDouble;
import org.etcdmirror.benchmarks.workload.Measure;

/** One measure of one workload: a bar for each contestant. */
public final class BarPlot {

  private static final int WIDTH = 720;
  private static final int LEFT = 170;
  private static final int RIGHT = 110;
  private static final int TOP = 40;
  private static final int BAR = 22;
  private static final int STEP = 32;
  private static final String OURS = "#2563a8";
  private static final String OTHERS = "#9aa5b1";

  private BarPlot() {}

  /** The plot. */
  public static String of(Results results, Measure measure) {
    List<String> contestants = results.contestants();
    Svg svg = new Svg(WIDTH, TOP + STEP * contestants.size() + 10);
    svg.text(10, 24, false, results.workload() + ": " + measure.title() + ", " + measure.unit());
    double most =
        contestants.stream()
            .mapToDouble(name -> results.median(name, measure).orElse(0))
            .max()
            .orElse(0);
    for (int i = 0; i < contestants.size(); i++) {
      bar(
          svg,
          TOP + i * STEP,
          contestants.get(i),
          results.median(contestants.get(i), measure),
          most);
    }
    return svg.toString();
  }

  private static void bar(
      Svg svg, double y, String contestant, OptionalDouble figure, double most) {
    double length = most == 0 ? 0 : figure.orElse(0) / most * (WIDTH - LEFT - RIGHT);
    svg.text(LEFT - 10, y + 16, true, contestant);
    svg.box(LEFT, y, length, BAR, contestant.startsWith("etcd-mirror") ? OURS : OTHERS);
    String value = figure.isPresent() ? Numbers.text(figure.getAsDouble()) : "no turn counts";
    svg.text(LEFT + length + 8, y + 16, false, value);
  }
}
