package org.etcdmirror.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.etcdmirror.benchmarks.workload.Measure;

/** The figures of one workload. Not safe for use by many threads. */
public final class Results {

  private final String workload;
  private final Map<String, TreeMap<Measure, List<Double>>> figures = new LinkedHashMap<>();
  private final Map<String, List<String>> failures = new LinkedHashMap<>();

  /** With the name of the workload, and no figures yet. */
  public Results(String workload) {
    this.workload = workload;
  }

  /** The name of the workload. */
  public String workload() {
    return workload;
  }

  /** Names who takes part, before there is a figure. */
  void take(String contestant) {
    figures.computeIfAbsent(contestant, name -> new TreeMap<>());
  }

  /** Adds the figures of one turn. */
  public void add(String contestant, Map<Measure, Double> turn) {
    TreeMap<Measure, List<Double>> all =
        figures.computeIfAbsent(contestant, name -> new TreeMap<>());
    turn.forEach(
        (measure, figure) -> all.computeIfAbsent(measure, each -> new ArrayList<>()).add(figure));
  }

  /** Adds a turn that does not count. */
  public void addFailure(String contestant, String reason) {
    take(contestant);
    failures.computeIfAbsent(contestant, name -> new ArrayList<>()).add(reason);
  }

  /** Who took part, ours first. */
  public List<String> contestants() {
    return List.copyOf(figures.keySet());
  }

  /** What was measured of anybody. */
  public List<Measure> measures() {
    return figures.values().stream()
        .flatMap(each -> each.keySet().stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** The figures of all turns that count. */
  public List<Double> figures(String contestant, Measure measure) {
    return figures.getOrDefault(contestant, new TreeMap<>()).getOrDefault(measure, List.of());
  }

  /** The median of the turns; empty if none counts. */
  public OptionalDouble median(String contestant, Measure measure) {
    List<Double> all = figures(contestant, measure);
    return all.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Median.of(all));
  }

  /** How much better the first contestant is than another one: 2 is twice as good. */
  public OptionalDouble advantage(String other, Measure measure) {
    OptionalDouble ours = median(contestants().get(0), measure);
    OptionalDouble theirs = median(other, measure);
    if (ours.isEmpty() || theirs.isEmpty() || theirs.getAsDouble() * ours.getAsDouble() == 0) {
      return OptionalDouble.empty();
    }
    double ratio = ours.getAsDouble() / theirs.getAsDouble();
    return OptionalDouble.of(measure.moreIsBetter() ? ratio : 1 / ratio);
  }

  /** Why turns of a contestant do not count. */
  public List<String> failures(String contestant) {
    return failures.getOrDefault(contestant, List.of());
  }
}
