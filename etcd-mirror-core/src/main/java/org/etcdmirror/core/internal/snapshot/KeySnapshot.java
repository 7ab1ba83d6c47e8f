package org.etcdmirror.core.internal.snapshot;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/**
 * Some keys of a snapshot, each once and in order: a side that is asked for single keys may return
 * more, in any order. All in memory.
 */
public final class KeySnapshot implements Snapshot {

  private final SourceHead head;
  private final Collection<Entry> entries;
  private final Iterator<Entry> rest;

  private KeySnapshot(SourceHead head, Collection<Entry> entries) {
    this.head = head;
    this.entries = entries;
    this.rest = entries.iterator();
  }

  /** Reads a snapshot to its end and closes it. */
  public static KeySnapshot read(Snapshot from, Collection<Bytes> keys, Comparator<Bytes> order)
      throws IOException, InterruptedException {
    Set<Bytes> wanted = new HashSet<>(keys);
    TreeMap<Bytes, Entry> found = new TreeMap<>(order);
    try (from) {
      for (Entry entry = from.next(); entry != null; entry = from.next()) {
        if (wanted.contains(entry.key())) {
          found.put(entry.key(), entry);
        }
      }
      return new KeySnapshot(from.head(), found.values());
    }
  }

  /** The same from its beginning. */
  public KeySnapshot again() {
    return new KeySnapshot(head, entries);
  }

  @Override
  public SourceHead head() {
    return head;
  }

  @Override
  public @Nullable Entry next() {
    return rest.hasNext() ? rest.next() : null;
  }

  @Override
  public void close() {}
}
