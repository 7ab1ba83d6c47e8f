package org.etcdmirror.core.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etcdmirror.api.Bytes;

/**
 * One state of a {@link LiveMap}: what the source held at one index, so values of several keys fit
 * together. Immutable, and safe for use by many threads. States share what did not change between
 * them, so keeping one costs little.
 */
public final class LiveView<V> {

  private static final LiveView<?> EMPTY =
      new LiveView<>(PersistentTree.empty(), PersistentTree.empty(), 0);
  private static final Bytes SLASH = Bytes.utf8("/");

  private final PersistentTree<V> values;
  private final PersistentTree<Undecodable<V>> failed;
  private final long index;

  private LiveView(PersistentTree<V> values, PersistentTree<Undecodable<V>> failed, long index) {
    this.values = values;
    this.failed = failed;
    this.index = index;
  }

  @SuppressWarnings("unchecked") // It holds no value.
  static <V> LiveView<V> empty() {
    return (LiveView<V>) EMPTY;
  }

  /**
   * The index of the source to which this state belongs; 0 before the first copy is complete. While
   * nothing changes in the map, it follows the source about once a second. It goes back if the
   * source was restored or replaced.
   */
  public long index() {
    return index;
  }

  /** The value at a key that is text; empty if the key is absent. */
  public Optional<V> get(String key) {
    return get(Bytes.utf8(key));
  }

  /** The value at a key; empty if the key is absent. */
  public Optional<V> get(Bytes key) {
    return Optional.ofNullable(values.get(key));
  }

  /** The number of keys that have a value. */
  public int size() {
    return values.size();
  }

  /** All values, in key order: an unmodifiable view of this state, not a copy. */
  public Map<Bytes, V> entries() {
    return new PrefixMap<>(values, Bytes.EMPTY);
  }

  /**
   * The values of the keys that begin with these characters, in key order: an unmodifiable view of
   * this state, not a copy. Its {@code size()} counts.
   */
  public Map<Bytes, V> entries(String prefix) {
    return new PrefixMap<>(values, Bytes.utf8(prefix));
  }

  /**
   * The values of the source that could not be decoded, by key. What the map holds in their place
   * is what the {@link UndecodableHandler} chose.
   */
  public Map<Bytes, Undecodable<V>> undecodable() {
    return new PrefixMap<>(failed, Bytes.EMPTY);
  }

  /** Names the index and the number of keys; no value. */
  @Override
  public String toString() {
    return "LiveView[index=%d, keys=%d, undecodable=%d]"
        .formatted(index, values.size(), failed.size());
  }

  boolean holds(Bytes key) {
    return values.get(key) != null || failed.get(key) != null;
  }

  LiveView<V> at(long reached) {
    return new LiveView<>(values, failed, reached);
  }

  LiveView<V> with(Bytes key, V value) {
    return new LiveView<>(values.with(key, value), failed.without(key), index);
  }

  LiveView<V> with(Undecodable<V> bad, Optional<V> instead) {
    Bytes key = bad.key();
    PersistentTree<V> rest = values.without(key);
    return new LiveView<>(
        instead.map(value -> rest.with(key, value)).orElse(rest), failed.with(key, bad), index);
  }

  LiveView<V> without(Bytes key) {
    return new LiveView<>(values.without(key), failed.without(key), index);
  }

  /** The key, if it is there, and all that begin with it and a slash. */
  List<Bytes> tree(Bytes top) {
    Bytes below = top.equals(SLASH) ? SLASH : top.plus(SLASH);
    List<Bytes> keys = new ArrayList<>(new PrefixMap<>(values, below).keySet());
    keys.addAll(new PrefixMap<>(failed, below).keySet());
    if (holds(top)) {
      keys.add(top);
    }
    return keys;
  }
}
