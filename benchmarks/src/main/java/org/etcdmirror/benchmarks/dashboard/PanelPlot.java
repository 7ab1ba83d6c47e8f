package org.etcdmirror.benchmarks.dashboard;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.report.Numbers;
import org.etcdmirror.benchmarks.report.Svg;

/** Draws one panel into a part of a picture: a line for each series, or a band for each state. */
final class PanelPlot {

  static final int WIDTH = 440;
  static final int HEIGHT = 190;

  private static final List<String> COLOURS =
      List.of(
          "#2563a8", "#c2571a", "#3c8a4a", "#8a4a9c", "#8a7a1a", "#5a6672", "#b03a5a", "#1a8a8a");
  private static final String GRID = "#d6dbe1";
  private static final String MARK = "#e3a6a6";
  private static final int LEFT = 84;
  private static final int RIGHT = 12;
  private static final int TOP = 30;
  private static final int BOTTOM = 44;
  private static final int BAND = 14;

  /** A series with its name. */
  record Named(String name, Series series) {}

  private final Svg svg;
  private final double left;
  private final double top;
  private final double from;
  private final double to;

  PanelPlot(Svg svg, double left, double top, double from, double to) {
    this.svg = svg;
    this.left = left;
    this.top = top;
    this.from = from;
    this.to = to;
  }

  void draw(Panel panel, List<Named> all, List<Incident.Mark> marks) {
    svg.text(left + 8, top + 18, false, panel.title());
    for (int i = 0; i < marks.size(); i++) {
      double x = x(marks.get(i).second());
      svg.line(x, bottom(), x, top + TOP, MARK);
      svg.text(x + 2, bottom() + 13, false, String.valueOf(i + 1));
    }
    if (panel.type().equals("state-timeline")) {
      bands(all);
    } else {
      lines(all);
    }
  }

  private void bands(List<Named> all) {
    for (int i = 0; i < all.size(); i++) {
      double y = top + TOP + i * BAND;
      for (Series.Point point : all.get(i).series().points()) {
        svg.box(x(point.second()), y, x(from + 1) - x(from) + 0.5, BAND - 3, colour(i));
      }
      svg.text(left + LEFT - 4, y + BAND - 4, true, all.get(i).name());
    }
  }

  private void lines(List<Named> all) {
    double most =
        all.stream()
            .flatMap(named -> named.series().points().stream())
            .mapToDouble(Series.Point::value)
            .filter(Double::isFinite)
            .max()
            .orElse(0);
    double scale = most <= 0 ? 1 : most;
    svg.line(left + LEFT, bottom(), left + WIDTH - RIGHT, bottom(), GRID);
    svg.text(left + LEFT - 4, top + TOP + 8, true, Numbers.text(scale));
    svg.text(left + LEFT - 4, bottom(), true, "0");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      line(all.get(i).series(), scale, colour(i));
      names.add(all.get(i).name());
    }
    double x = left + LEFT;
    for (int i = 0; i < names.size() && i < 4; i++) {
      svg.box(x, bottom() + 20, 10, 10, colour(i));
      svg.text(x + 14, bottom() + 30, false, names.get(i));
      x += 30 + 6.5 * names.get(i).length();
    }
  }

  /** A value that is missing, or no number, interrupts the line. */
  private void line(Series series, double scale, String colour) {
    Series.Point before = null;
    for (Series.Point point : series.points()) {
      boolean isNumber = Double.isFinite(point.value());
      if (before != null && isNumber && point.second() - before.second() < 1.5) {
        svg.line(
            x(before.second()),
            y(before.value() / scale),
            x(point.second()),
            y(point.value() / scale),
            colour);
      }
      before = isNumber ? point : null;
    }
  }

  private static String colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }

  private double x(double second) {
    return left + LEFT + (second - from) / (to - from) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double share) {
    return bottom() - Math.max(0, share) * (HEIGHT - TOP - BOTTOM);
  }

  private double bottom() {
    return top + HEIGHT - BOTTOM;
  }
}
