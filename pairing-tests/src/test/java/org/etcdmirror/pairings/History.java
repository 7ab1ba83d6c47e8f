package org.etcdmirror.pairings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which value each key of a keyspace had from which index on, as the one writer of that keyspace
 * knows it from the answers. Safe for use by many threads.
 */
final class History {

  private static final String GONE = "(gone)";

  private final Map<String, NavigableMap<Long, String>> values = new HashMap<>();
  private final Map<String, Set<String>> possible = new HashMap<>();
  private long newest;

  /** A write was answered; null is a delete. */
  synchronized void wrote(String key, @Nullable String value, long index) {
    values.computeIfAbsent(key, k -> new TreeMap<>()).put(index, text(value));
    newest = Math.max(newest, index);
  }

  /** A write was not answered: it may have been carried out, and it may still be. */
  synchronized void mayHaveWritten(String key, @Nullable String value) {
    possible.computeIfAbsent(key, k -> new HashSet<>()).add(text(value));
  }

  /** All below a directory was deleted. */
  synchronized void deletedTree(String directory, long index) {
    List.copyOf(values.keySet()).stream()
        .filter(key -> key.startsWith(directory + "/"))
        .forEach(key -> wrote(key, null, index));
    newest = Math.max(newest, index);
  }

  /** The same without an answer. */
  synchronized void mayHaveDeletedTree(String directory) {
    Set.copyOf(values.keySet()).stream()
        .filter(key -> key.startsWith(directory + "/"))
        .forEach(key -> mayHaveWritten(key, null));
  }

  /** The index of the newest write that was answered. */
  synchronized long newest() {
    return newest;
  }

  /**
   * The entries of another keyspace that are older than an index: neither the value at the index,
   * nor one that the key had later.
   */
  synchronized List<String> olderThan(long index, Map<String, String> held) {
    Set<String> keys = new HashSet<>(values.keySet());
    keys.addAll(held.keySet());
    List<String> older = new ArrayList<>();
    for (String key : keys) {
      String value = text(held.get(key));
      if (!had(key, value, index)) {
        older.add(key + "=" + value);
      }
    }
    return older;
  }

  private boolean had(String key, String value, long from) {
    NavigableMap<Long, String> past = values.getOrDefault(key, new TreeMap<>());
    var floor = past.floorEntry(from);
    return (floor == null ? GONE : floor.getValue()).equals(value)
        || past.tailMap(from).containsValue(value)
        || possible.getOrDefault(key, Set.of()).contains(value);
  }

  private static String text(@Nullable String value) {
    return Objects.requireNonNullElse(value, GONE);
  }
}
