package org.etcdmirror.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** Writes a run as a page with tables and plots, and as JSON beside it. */
public final class Page {

  private Page() {}

  /** Writes the files of one run; those of an earlier run of the same mode are replaced. */
  public static void write(Report report, Path directory) throws IOException {
    Files.createDirectories(directory);
    deletePlots(report.mode(), directory);
    StringBuilder page = new StringBuilder(head(report));
    for (Results results : report.results()) {
      page.append("\n## ").append(results.workload()).append("\n\n");
      page.append(MarkdownTable.of(results));
      for (Map.Entry<String, String> plot : Plots.of(report.mode(), results).entrySet()) {
        Files.writeString(directory.resolve(plot.getKey()), plot.getValue());
        page.append("\n![](").append(plot.getKey()).append(")\n");
      }
    }
    Optional<String> growth = Plots.growth(report.results());
    if (growth.isPresent()) {
      String name = report.mode() + "-growth.svg";
      Files.writeString(directory.resolve(name), growth.get());
      page.append("\n## Growth\n\n![](").append(name).append(")\n");
    }
    Files.writeString(directory.resolve(report.mode() + ".md"), page);
    Files.writeString(directory.resolve(report.mode() + ".json"), JsonReport.of(report));
  }

  private static void deletePlots(String mode, Path directory) throws IOException {
    try (var old = Files.newDirectoryStream(directory, mode + "-*.svg")) {
      for (Path plot : old) {
        Files.delete(plot);
      }
    }
  }

  private static String head(Report report) {
    Machine machine = report.machine();
    String busy =
        machine.isBusy()
            ? "\n**The machine was busy (load %s). Only the ratios tell anything.**\n"
                .formatted(Numbers.text(machine.load()))
            : "";
    return """
    # Benchmark `%s`

    Written by `scripts/benchmark.sh %s` on %s. Each figure is the median of %d turns. The
    contestants took turns, each between two new servers on the machine of the mirror. A number in
    brackets is how much better the first column is.
    %s
    | | |
    |---|---|
    | etcd-mirror | %s |
    | etcd | %s |
    | JDK | %s |
    | processors | %s |
    | memory | %s |
    | system | %s |
    """
        .formatted(
            report.mode(),
            report.mode(),
            report.date().atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES),
            report.runs(),
            busy,
            report.version(),
            machine.etcd(),
            machine.java(),
            machine.processors(),
            machine.memory(),
            machine.system());
  }
}
