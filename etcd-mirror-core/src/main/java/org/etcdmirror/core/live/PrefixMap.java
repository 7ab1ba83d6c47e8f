package org.etcdmirror.core.live;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/** The entries of a tree whose keys begin with a prefix, in key order. Nothing is copied. */
final class PrefixMap<V> extends AbstractMap<Bytes, V> {

  private final PersistentTree<V> tree;
  private final Bytes prefix;

  PrefixMap(PersistentTree<V> tree, Bytes prefix) {
    this.tree = tree;
    this.prefix = prefix;
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    return key instanceof Bytes bytes && bytes.startsWith(prefix) ? tree.get(bytes) : null;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public Set<Entry<Bytes, V>> entrySet() {
    return new Entries();
  }

  private final class Entries extends AbstractSet<Entry<Bytes, V>> {

    @Override
    public Iterator<Entry<Bytes, V>> iterator() {
      return new Range<>(tree.from(prefix), prefix);
    }

    /** Counts, except for the whole map. */
    @Override
    public int size() {
      if (prefix.isEmpty()) {
        return tree.size();
      }
      int count = 0;
      for (Iterator<Entry<Bytes, V>> all = iterator(); all.hasNext(); all.next()) {
        count++;
      }
      return count;
    }
  }

  /** Ends at the first key without the prefix. */
  private static final class Range<V> implements Iterator<Entry<Bytes, V>> {

    private final Iterator<Map.Entry<Bytes, V>> rest;
    private final Bytes prefix;
    private @Nullable Entry<Bytes, V> next;

    Range(Iterator<Map.Entry<Bytes, V>> rest, Bytes prefix) {
      this.rest = rest;
      this.prefix = prefix;
      advance();
    }

    private void advance() {
      next = rest.hasNext() ? rest.next() : null;
      if (next != null && !next.getKey().startsWith(prefix)) {
        next = null;
      }
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Entry<Bytes, V> next() {
      Entry<Bytes, V> found = next;
      if (found == null) {
        throw new NoSuchElementException("no entry is left under '" + prefix + "'");
      }
      advance();
      return found;
    }
  }
}
