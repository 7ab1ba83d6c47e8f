package org.etcdmirror.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The source's states of the past, in the scope, one after the other. For one thread. */
final class PastStates {

  private static final int MOST_NAMED = 5;

  private final SourceHistory history;
  private final Map<String, String> state = new TreeMap<>();
  private long revision;

  PastStates(SourceHistory history) {
    this.history = history;
  }

  /**
   * What is wrong about a sink that says that it holds the state of a revision which the history
   * has; empty if it holds it.
   */
  Optional<String> wrong(long index, Map<String, String> held) {
    if (index < revision) {
      return Optional.of("the sink went back from revision %d to %d".formatted(revision, index));
    }
    history.between(revision, index).stream()
        .filter(change -> Scope.holds(change.key()))
        .forEach(change -> {
          if (change.value() == null) {
            state.remove(change.key());
          } else {
            state.put(change.key(), change.value());
          }
        });
    revision = index;
    return state.equals(held)
        ? Optional.empty()
        : Optional.of(
            "not the source's state of revision %d: %s".formatted(index, differences(state, held)));
  }

  /** History was rewritten: the next state may be an older one. */
  void beginAnew() {
    state.clear();
    revision = 0;
  }

  /** The first differences between two states, and how many there are. */
  static String differences(Map<String, String> wanted, Map<String, String> held) {
    Set<String> keys = new TreeSet<>(wanted.keySet());
    keys.addAll(held.keySet());
    List<String> different = new ArrayList<>();
    for (String key : keys) {
      if (!Objects.equals(wanted.get(key), held.get(key))) {
        different.add(
            "%s is %s instead of %s".formatted(key, brief(held.get(key)), brief(wanted.get(key))));
      }
    }
    return different.size()
        + " keys: "
        + String.join("; ", different.subList(0, Math.min(MOST_NAMED, different.size())));
  }

  private static String brief(@Nullable String value) {
    if (value == null) {
      return "missing";
    }
    return value.length() < 60 ? value : "..." + value.substring(value.length() - 30);
  }
}
