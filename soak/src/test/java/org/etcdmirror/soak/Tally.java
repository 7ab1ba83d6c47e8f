package org.etcdmirror.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What happened so far, for the report. Safe for use by many threads. */
final class Tally {

  private final Map<String, Map<String, Long>> counts = new TreeMap<>();
  private final Map<String, Map<String, Long>> longest = new TreeMap<>();
  private final List<String> losses = new ArrayList<>();

  /** One more of a kind, for example a fault by its name. */
  void count(String group, String kind) {
    count(group, kind, 1);
  }

  synchronized void count(String group, String kind, long more) {
    counts.computeIfAbsent(group, name -> new TreeMap<>()).merge(kind, more, Long::sum);
  }

  /** A time of a kind, of which the longest is kept. */
  synchronized void most(String group, String kind, long time) {
    longest.computeIfAbsent(group, name -> new TreeMap<>()).merge(kind, time, Math::max);
  }

  /** What must not be: a wrong state, or a side that does not become equal. */
  synchronized void loss(String what) {
    losses.add(what);
  }

  synchronized List<String> losses() {
    return List.copyOf(losses);
  }

  /** How often one kind was counted. */
  synchronized long of(String group, String kind) {
    return counts.getOrDefault(group, Map.of()).getOrDefault(kind, 0L);
  }

  /** The longest time of one kind; 0 if there is none. */
  synchronized long longest(String group, String kind) {
    return longest.getOrDefault(group, Map.of()).getOrDefault(kind, 0L);
  }

  /** Takes over what another holds. */
  void add(Tally other) {
    Map<String, Map<String, Long>> theirs;
    Map<String, Map<String, Long>> times;
    synchronized (other) {
      theirs = new TreeMap<>(other.counts);
      times = new TreeMap<>(other.longest);
    }
    theirs.forEach((group, kinds) -> kinds.forEach((kind, more) -> count(group, kind, more)));
    times.forEach((group, kinds) -> kinds.forEach((kind, time) -> most(group, kind, time)));
    other.losses().forEach(this::loss);
  }

  /** A group a line. */
  synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    counts.forEach((group, kinds) -> lines.add("  " + group + ": " + kinds));
    longest.forEach((group, kinds) -> lines.add("  " + group + ": " + kinds));
    lines.add("  losses: " + losses.size());
    losses.forEach(loss -> lines.add("    " + loss));
    return lines;
  }
}
