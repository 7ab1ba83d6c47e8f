package org.etcdmirror.simulation.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The values that keys of a v2 cluster had, by index. Each time that the cluster is replaced, a
 * history begins with what it holds then.
 */
public final class V2Timeline {

  private final Predicate<String> keys;
  private final List<Map<String, NavigableMap<Long, Optional<String>>>> histories =
      new ArrayList<>();

  /**
   * That of a cluster from now on.
   *
   * @param keys which keys it is about
   */
  public V2Timeline(V2Cluster cluster, Predicate<String> keys) {
    this(keys);
    cluster.record(this);
  }

  V2Timeline(Predicate<String> keys) {
    this.keys = keys;
  }

  /** The cluster holds something else now. */
  void begin(V2Store store) {
    histories.add(new HashMap<>());
    store.nodes().values().forEach(this::is);
  }

  void happened(V2Event event) {
    if (!event.deletes()) {
      is(event.node());
      return;
    }
    newest()
        .forEach((key, values) -> {
          if (V2Store.covers(event.node().key(), key)) {
            values.put(event.index(), Optional.empty());
          }
        });
  }

  private void is(V2Node node) {
    if (keys.test(node.key())) {
      newest()
          .computeIfAbsent(node.key(), key -> new TreeMap<>())
          .put(node.modified(), Optional.ofNullable(node.value()));
    }
  }

  private Map<String, NavigableMap<Long, Optional<String>>> newest() {
    return histories.get(histories.size() - 1);
  }

  /**
   * The keys that a copy has wrong, by the history that fits best: those whose value the cluster
   * did not have at an index, nor at any later one.
   *
   * @param copy the values of the copy
   * @param copied which keys it should have
   */
  public Set<String> olderThan(long index, Map<String, String> copy, Predicate<String> copied) {
    Set<String> best = null;
    for (Map<String, NavigableMap<Long, Optional<String>>> history : histories) {
      Set<String> wrong = new HashSet<>(copy.keySet());
      wrong.removeIf(key -> isAtOrAfter(history, index, key, Optional.ofNullable(copy.get(key))));
      history.keySet().stream()
          .filter(key -> copied.test(key) && !copy.containsKey(key))
          .filter(key -> !isAtOrAfter(history, index, key, Optional.empty()))
          .forEach(wrong::add);
      if (best == null || wrong.size() < best.size()) {
        best = wrong;
      }
    }
    return best == null ? Set.of() : best;
  }

  private static boolean isAtOrAfter(
      Map<String, NavigableMap<Long, Optional<String>>> history,
      long index,
      String key,
      Optional<String> value) {
    NavigableMap<Long, Optional<String>> values = history.getOrDefault(key, new TreeMap<>());
    Long since = values.floorKey(index);
    return (since == null && value.isEmpty())
        || values.tailMap(since == null ? index : since, true).containsValue(value);
  }
}
