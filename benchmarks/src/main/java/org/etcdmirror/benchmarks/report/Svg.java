package org.etcdmirror.benchmarks.report;

import java.util.Locale;

/** Writes the few shapes that a plot has. Not safe for use by many threads. */
public final class Svg {

  private final StringBuilder shapes = new StringBuilder();
  private final int width;
  private final int height;

  /** An empty document of this size, in pixels. */
  public Svg(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /** A filled box. */
  public void box(double x, double y, double boxWidth, double boxHeight, String colour) {
    add(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
            x,
            y,
            boxWidth,
            boxHeight,
            colour));
  }

  /** A straight line. */
  public void line(double x1, double y1, double x2, double y2, String colour) {
    add(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"2\"/>",
            x1,
            y1,
            x2,
            y2,
            colour));
  }

  /** Text that begins at a place, or ends there. */
  public void text(double x, double y, boolean ends, String text) {
    add(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
            x,
            y,
            ends ? "end" : "start",
            escape(text)));
  }

  private void add(String shape) {
    shapes.append("  ").append(shape).append('\n');
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** The document. The background is white, because pages may be dark. */
  @Override
  public String toString() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
    font-family="sans-serif" font-size="13">
      <rect width="100%%" height="100%%" fill="white"/>
    %s</svg>
    """
        .formatted(width, height, width, height, shapes);
  }
}
