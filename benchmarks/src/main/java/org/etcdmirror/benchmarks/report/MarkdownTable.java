package org.etcdmirror.benchmarks.report;

import java.util.List;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import org.etcdmirror.benchmarks.workload.Measure;

/** The medians of one workload: a line for each measure, a column for each contestant. */
public final class MarkdownTable {

  private MarkdownTable() {}

  /** The table, and below it which turns do not count. */
  public static String of(Results results) {
    List<String> contestants = results.contestants();
    StringBuilder table = new StringBuilder();
    line(table, "", contestants);
    line(table, "---", contestants.stream().map(name -> "---:").toList());
    for (Measure measure : results.measures()) {
      line(
          table,
          measure.title() + ", " + measure.unit(),
          contestants.stream().map(name -> cell(results, name, measure)).toList());
    }
    for (String contestant : contestants) {
      for (String reason : results.failures(contestant)) {
        table.append("\nA turn of ").append(contestant).append(" does not count: ");
        table.append(firstLine(reason)).append('\n');
      }
    }
    return table.toString();
  }

  private static void line(StringBuilder table, String first, List<String> others) {
    StringJoiner cells = new StringJoiner(" | ", "| ", " |\n");
    cells.add(first);
    others.forEach(cells::add);
    table.append(cells);
  }

  /** With our advantage in brackets. */
  private static String cell(Results results, String contestant, Measure measure) {
    OptionalDouble median = results.median(contestant, measure);
    if (median.isEmpty()) {
      return "-";
    }
    String figure = Numbers.text(median.getAsDouble());
    OptionalDouble advantage = results.advantage(contestant, measure);
    boolean own = contestant.equals(results.contestants().get(0));
    return own || advantage.isEmpty()
        ? figure
        : "%s (%s×)".formatted(figure, Numbers.text(advantage.getAsDouble()));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }
}
