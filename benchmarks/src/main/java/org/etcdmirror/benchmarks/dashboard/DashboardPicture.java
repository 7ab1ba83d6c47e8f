package org.etcdmirror.benchmarks.dashboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.benchmarks.process.UnusableException;
import org.etcdmirror.benchmarks.report.Svg;
import org.etcdmirror.testkit.etcd.EtcdServer;

/** Plays the {@link Incident} and draws what the dashboard shows of it. */
public final class DashboardPicture {

  private static final int COLUMNS = 2;
  private static final int LEGEND_LINE = 18;

  private DashboardPicture() {}

  /**
   * Writes the picture.
   *
   * @param args the program Prometheus, the service's jar, the dashboard, and the file to write
   */
  public static void main(String[] args)
      throws IOException, InterruptedException, UnusableException {
    if (args.length != 4) {
      System.err.println("name prometheus, etcd-mirror.jar, the dashboard and the picture");
      System.exit(2);
    }
    Path directory = Files.createTempDirectory("dashboard-");
    try {
      String picture = draw(args[0], args[1], Panel.read(Path.of(args[2])), directory);
      Files.writeString(Path.of(args[3]), picture);
      System.out.println("written: " + args[3]);
    } finally {
      delete(directory);
    }
  }

  private static String draw(String prometheus, String jar, List<Panel> panels, Path directory)
      throws IOException, InterruptedException, UnusableException {
    int port = FreePort.take();
    try (EtcdServer source = EtcdServer.start();
        EtcdServer sink = EtcdServer.start();
        Prometheus recorder = Prometheus.start(prometheus, directory, port)) {
      while (!recorder.isReady()) {
        Thread.sleep(100);
      }
      List<Incident.Mark> marks = new Incident(source, sink, jar, port).play();
      long from = (long) marks.get(0).second();
      long to = (long) marks.get(marks.size() - 1).second();
      return picture(recorder, panels, marks, from, to);
    }
  }

  private static String picture(
      Prometheus recorder, List<Panel> panels, List<Incident.Mark> marks, long from, long to)
      throws IOException, InterruptedException {
    int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
    int legend = rows * PanelPlot.HEIGHT + 10;
    Svg svg =
        new Svg(COLUMNS * PanelPlot.WIDTH, legend + (marks.size() + 1) / 2 * LEGEND_LINE + 10);
    for (int i = 0; i < panels.size(); i++) {
      Panel panel = panels.get(i);
      List<PanelPlot.Named> series = new ArrayList<>();
      for (Panel.Target target : panel.targets()) {
        for (Series one : recorder.range(target.expression(), from, to)) {
          series.add(
              new PanelPlot.Named(
                  one.name(target.legend()).replace("/conftool ", "").strip(), one));
        }
      }
      int row = i / COLUMNS;
      int column = i % COLUMNS;
      new PanelPlot(svg, column * PanelPlot.WIDTH, row * PanelPlot.HEIGHT, from, to)
          .draw(panel, series, marks);
    }
    for (int i = 0; i < marks.size(); i++) {
      svg.text(
          10 + i % 2 * PanelPlot.WIDTH,
          legend + (i / 2 + 1) * LEGEND_LINE - 4,
          false,
          "%d: %s, %.0f s".formatted(i + 1, marks.get(i).what(), marks.get(i).second() - from));
    }
    return svg.toString();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
