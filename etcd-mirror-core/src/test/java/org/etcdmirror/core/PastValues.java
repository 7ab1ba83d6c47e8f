package org.etcdmirror.core;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.internal.keys.PathNames;
import org.jspecify.annotations.Nullable;

/** Which value each key had, from which index on. */
final class PastValues {

  private static final Bytes GONE = Bytes.utf8("\0gone");

  private final Map<Bytes, NavigableMap<Long, Bytes>> values = new HashMap<>();
  private NavigableMap<Bytes, Bytes> now = new TreeMap<>();

  /** Whether a put changes this key alone: nothing with a value is above or below it. */
  boolean changesNothingElse(Bytes key) {
    Bytes below = key.plus(Bytes.utf8("/"));
    Bytes next = now.ceilingKey(below);
    return (next == null || !next.startsWith(below))
        && PathNames.parents(key).stream().noneMatch(now::containsKey);
  }

  /** A put that {@link #changesNothingElse}. */
  void put(long index, Bytes key, Bytes value) {
    if (!value.equals(now.put(key, value))) {
      of(key).put(index, value);
    }
  }

  /** Any other change: compares the state after it with the state before. */
  void changed(long index, Map<Bytes, Bytes> after) {
    Map<Bytes, Bytes> before = now;
    now = new TreeMap<>(after);
    before.keySet().stream()
        .filter(key -> !after.containsKey(key))
        .forEach(key -> of(key).put(index, GONE));
    after.forEach((key, value) -> {
      if (!Objects.equals(before.get(key), value)) {
        of(key).put(index, value);
      }
    });
  }

  private NavigableMap<Long, Bytes> of(Bytes key) {
    return values.computeIfAbsent(key, k -> new TreeMap<>());
  }

  /** Whether the key had this value, null for none, at or after an index. */
  boolean had(Bytes key, @Nullable Bytes value, long from) {
    Bytes wanted = value == null ? GONE : value;
    NavigableMap<Long, Bytes> past = of(key);
    var floor = past.floorEntry(from);
    return (floor == null ? GONE : floor.getValue()).equals(wanted)
        || past.tailMap(from).containsValue(wanted);
  }

  Set<Bytes> everyKey() {
    return Set.copyOf(values.keySet());
  }
}
