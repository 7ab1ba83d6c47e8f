package org.etcdmirror.simulation.life;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.simulation.model.V2Cluster;
import org.etcdmirror.simulation.model.V2Node;
import org.etcdmirror.simulation.model.V2Store;
import org.etcdmirror.simulation.model.V2Timeline;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;

/**
 * From v2 to v2, the stored index is never ahead of the sink: if no note says that the sink may not
 * be level, each key has a value that the source had at that index or later. A mirror that was
 * killed may have sent a write that comes late; the next one must find that within a time.
 */
final class V2StateCheck {

  private static final String NUMBER = "/__replication/" + LinkDesign.LINK;
  private static final String NOTES = "/__replication/__meta__" + LinkDesign.LINK;

  private static final Pattern SCOPE = Pattern.compile("\"scope\":\"([^\"]*)\"");

  /** How long a key may be wrong by a late write. */
  private static final long FOUND_WITHIN = 120 * LinkLife.SECOND;

  private final Scheduler scheduler = Scheduler.current();
  private final V2Timeline source;
  private final V2Cluster sink;
  private final LinkDesign design;

  /** Since when each key is wrong. */
  private final Map<String, Long> wrongSince = new TreeMap<>();

  private boolean hasEnded;

  V2StateCheck(V2Cluster source, V2Cluster sink, LinkDesign design) {
    this.source = new V2Timeline(source, key -> design.owns(key) && !key.contains("/_"));
    this.sink = sink;
    this.design = design;
  }

  /** From now on clients write to what was the sink. */
  void end() {
    hasEnded = true;
  }

  /** Looks at the sink, after a write of a mirror or because time has passed. */
  void check() {
    String number = valueOf(NUMBER);
    String notes = valueOf(NOTES);
    if (hasEnded || number.isEmpty() || notes.isEmpty() || notes.contains("\"must-")) {
      wrongSince.clear();
      return;
    }
    Map<String, String> copy = new TreeMap<>();
    List<String> scope = design.scopeOf(scopeIn(notes));
    for (String prefix : scope) {
      copy.putAll(sink.shown(prefix));
    }
    copy.values().removeIf(V2Cluster.DIRECTORY::equals);
    copy.keySet().removeIf(key -> !design.isIncluded(key));
    // A key whose expiry is copied may be gone before its original.
    Predicate<String> copied = key -> !design.copiesExpiry() && isIn(scope, key);
    Set<String> wrong = source.olderThan(Long.parseLong(number.strip()), copy, copied);
    wrongSince.keySet().retainAll(wrong);
    for (String key : wrong) {
      long since = wrongSince.computeIfAbsent(key, unused -> scheduler.now());
      if (scheduler.now() - since >= FOUND_WITHIN) {
        throw new SimulationException(
            "for %d s the sink has had a state of %s from before the stored index %s: %s, notes %s"
                .formatted(
                    FOUND_WITHIN / LinkLife.SECOND, key, number.strip(), copy.get(key), notes));
      }
    }
  }

  private static boolean isIn(List<String> scope, String key) {
    return scope.stream().anyMatch(prefix -> V2Store.covers(prefix, key));
  }

  private static String scopeIn(String notes) {
    Matcher found = SCOPE.matcher(notes);
    return found.find() ? found.group(1) : "";
  }

  private String valueOf(String key) {
    V2Node found = sink.store().nodes().get(key);
    return found == null || found.value() == null ? "" : found.value();
  }
}
