package org.etcdmirror.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Writes a report as a page with tables and plots, and as JSON beside it. */
public final class Page {

  private Page() {}

  /** Writes the files of a mode; those of an earlier report of the same mode are replaced. */
  public static void write(Report report, Path directory) throws IOException {
    Files.createDirectories(directory);
    deletePlots(report.mode(), directory);
    StringBuilder page = new StringBuilder(head(report));
    for (Measured measured : report.measured()) {
      Results results = measured.results();
      page.append("\n## ").append(results.workload()).append("\n\n");
      if (report.runs().size() > 1) {
        page.append("Run of %s.\n\n".formatted(measured.run().day()));
      }
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
    Files.writeString(JsonReport.file(report.mode(), directory), JsonReport.of(report));
  }

  private static void deletePlots(String mode, Path directory) throws IOException {
    try (var old = Files.newDirectoryStream(directory, mode + "-*.svg")) {
      for (Path plot : old) {
        Files.delete(plot);
      }
    }
  }

  private static String head(Report report) {
    StringBuilder head =
        new StringBuilder(
            """
            # Benchmark `%s`

            Written by `scripts/benchmark.sh %s`. Each figure is the median of the turns. The
            contestants took turns, each between two new servers on the machine of the mirror. A number in
            brackets is how much better the first column is.
            """
                .formatted(report.mode(), report.mode()));
    for (Run run : report.runs()) {
      head.append(run(run));
    }
    return head.toString();
  }

  private static String run(Run run) {
    Machine machine = run.machine();
    String busy =
        machine.isBusy()
            ? "\n**The machine was busy (load %s). Only the ratios tell anything.**\n"
                .formatted(Numbers.text(machine.load()))
            : "";
    return """

    | run of | %s |
    |---|---|
    | turns | %d |
    | etcd-mirror | %s |
    | etcd | %s |
    | JDK | %s |
    | processors | %s |
    | memory | %s |
    | system | %s |
    """
            .formatted(
                run.day(),
                run.turns(),
                run.version(),
                machine.etcd(),
                machine.java(),
                machine.processors(),
                machine.memory(),
                machine.system())
        + busy;
  }
}
