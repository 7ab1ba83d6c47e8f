package org.etcdmirror.service.report;

import static java.util.stream.Collectors.toMap;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;

/** Writes the reports of a mirror as lines for a person. */
public final class ReportText {

  private ReportText() {}

  public static String of(ResyncPlan plan) {
    StringJoiner lines = new StringJoiner(System.lineSeparator());
    lines.add(plan.describe());
    Map<Bytes, String> values =
        plan.differences().stream()
            .collect(toMap(Difference::key, Difference::values, (one, same) -> one));
    plan.writeSamples().forEach(key -> lines.add("write  " + key + values.getOrDefault(key, "")));
    addRest(lines, "to write", plan.writes() - plan.writeSamples().size());
    plan.overwriteSamples()
        .forEach(key -> lines.add("over   " + key + values.getOrDefault(key, "")));
    addRest(lines, "to replace", plan.overwrites() - plan.overwriteSamples().size());
    plan.deleteSamples().forEach(key -> lines.add("delete " + key + values.getOrDefault(key, "")));
    addRest(lines, "to delete", plan.deletes() - plan.deleteSamples().size());
    plan.formerDeletes()
        .forEach((prefix, count) ->
            lines.add("%d of the deletes are under the former prefix %s".formatted(count, prefix)));
    if (plan.unsupported() > 0) {
      lines.add("entries that the sink cannot hold: " + plan.unsupported());
    }
    if (plan.refusal() != null) {
      lines.add(
          "run would wait for approval before it deletes anything, and once would write nothing and end with exit code 1");
    }
    return lines.toString();
  }

  /**
   * Writes a comparison.
   *
   * @param samples the most differences to name
   */
  public static String of(VerifyReport report, int samples) {
    StringJoiner lines = new StringJoiner(System.lineSeparator());
    lines.add(report.describe());
    long named = 0;
    for (Difference difference : report.samples().stream().limit(samples).toList()) {
      String kind = difference.kind().name().toLowerCase(Locale.ROOT);
      lines.add("%-9s %s%s".formatted(kind, difference.key(), difference.values()));
      named++;
    }
    addRest(lines, "that differ", report.differences() - named);
    if (report.unsupported() > 0) {
      lines.add("entries that the sink cannot hold: " + report.unsupported());
    }
    return lines.toString();
  }

  private static void addRest(StringJoiner lines, String verb, long rest) {
    if (rest > 0) {
      lines.add("and %d more %s".formatted(rest, verb));
    }
  }
}
