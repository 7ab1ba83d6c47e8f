package org.etcdmirror.core.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.internal.keys.PathNames;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.jspecify.annotations.Nullable;

/**
 * A sink in memory: the bytes of what is mirrored, and a place to look in tests. A {@link
 * org.etcdmirror.core.live.LiveMap} is the cache for applications. Readers on any thread see each
 * batch whole or not at all; a resync is several batches. It lives as long as the process, as does
 * the index store that it offers; one that lives longer is refused. Times to live are kept but
 * nothing expires by itself.
 */
public final class InMemorySink implements ReadableSink {

  private static final Bytes ROOT = Bytes.utf8("/");
  private static final Bytes SLASH = ROOT;

  private final KeyModel keyModel;
  private boolean opened;
  private boolean refusesClashes;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final TreeMap<Bytes, Entry> entries = new TreeMap<>();
  private long index;

  private InMemorySink(KeyModel keyModel) {
    this.keyModel = keyModel;
  }

  /** An empty sink for paths and directories, as etcd v2 has them. */
  public static InMemorySink paths() {
    return new InMemorySink(KeyModel.PATHS);
  }

  /** An empty sink for plain keys, as etcd v3 has them. */
  public static InMemorySink bytes() {
    return new InMemorySink(KeyModel.BYTES);
  }

  @Override
  public KeyModel keyModel() {
    return keyModel;
  }

  /** It goes with the process. */
  @Override
  public boolean isDurable() {
    return false;
  }

  /** A new {@link InMemoryIndexStore}: both go with the process. */
  @Override
  public IndexStore indexStore(String link) {
    return new InMemoryIndexStore();
  }

  /** The value at the key, if there is one. */
  public Optional<Bytes> get(Bytes key) {
    lock.readLock().lock();
    try {
      return entries.get(key) instanceof Put put ? Optional.of(put.value()) : Optional.empty();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** A copy of all values, without directories, in key order. */
  public NavigableMap<Bytes, Bytes> values() {
    NavigableMap<Bytes, Bytes> values = new TreeMap<>();
    lock.readLock().lock();
    try {
      entries.forEach((key, entry) -> {
        if (entry instanceof Put put) {
          values.put(key, put.value());
        }
      });
    } finally {
      lock.readLock().unlock();
    }
    return Collections.unmodifiableNavigableMap(values);
  }

  /** Under a source of plain keys there are no directories, and keys may clash. */
  @Override
  public void open(SinkContext context) {
    lock.writeLock().lock();
    try {
      if (opened) {
        throw new IllegalStateException(
            "link '%s': the sink is open already; make a sink for each mirror"
                .formatted(context.link()));
      }
      opened = true;
      refusesClashes = keyModel == KeyModel.PATHS && context.sourceKeyModel() == KeyModel.BYTES;
      if (refusesClashes) {
        entries.values().removeIf(MakeDirectory.class::isInstance);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public void apply(EventBatch batch) {
    List<Refusal> refusals = new ArrayList<>();
    lock.writeLock().lock();
    try {
      for (MirrorEvent event : batch.events()) {
        Refusal refusal = refusesClashes && event instanceof Put ? clash(event.key()) : null;
        if (refusal == null) {
          apply(event);
        } else {
          refusals.add(refusal);
        }
      }
      if (refusals.isEmpty()) {
        index = Math.max(index, batch.index());
      }
    } finally {
      lock.writeLock().unlock();
    }
    if (!refusals.isEmpty()) {
      throw new UnsupportedEntryException(refusals);
    }
  }

  private @Nullable Refusal clash(Bytes key) {
    for (Bytes parent : PathNames.parents(key)) {
      if (entries.containsKey(parent)) {
        return EntryCheck.shadowed(key, parent);
      }
    }
    NavigableMap<Bytes, Entry> below = below(key);
    return below.isEmpty()
        ? null
        : new Refusal(key, "'" + below.firstKey() + "' below it holds a value", below.firstKey());
  }

  private void apply(MirrorEvent event) {
    Bytes key = event.key();
    if (event instanceof Entry entry) {
      if (keyModel == KeyModel.PATHS && !refusesClashes) {
        makeParents(key, event.index());
        if (entry instanceof Put) {
          below(key).clear();
        }
      }
      if (!isThere(entry)) {
        entries.put(key, entry);
      }
    } else if (event instanceof Refresh refresh) {
      refresh(refresh);
    } else if (event instanceof DeleteTree) {
      below(key).clear();
      entries.remove(key);
    } else if (!(entries.get(key) instanceof MakeDirectory) || below(key).isEmpty()) {
      entries.remove(key);
    }
  }

  /** An implied directory changes nothing of one that is there. */
  private boolean isThere(Entry entry) {
    return entry instanceof MakeDirectory directory
        && directory.implied()
        && entries.get(entry.key()) instanceof MakeDirectory;
  }

  private void refresh(Refresh refresh) {
    entries.computeIfPresent(
        refresh.key(),
        (key, known) ->
            known instanceof Put put
                ? put.withExpiry(refresh.expiresAt(), refresh.lease())
                : new MakeDirectory(key, known.index(), refresh.expiresAt()));
  }

  private void makeParents(Bytes key, long at) {
    for (Bytes parent : PathNames.parents(key)) {
      if (!(entries.get(parent) instanceof MakeDirectory)) {
        entries.put(parent, new MakeDirectory(parent, at, null));
      }
    }
  }

  /** A view of what is below the path. */
  private NavigableMap<Bytes, Entry> below(Bytes key) {
    Bytes parent = key.equals(ROOT) ? Bytes.EMPTY : key;
    // '0' follows '/' in ASCII, so this is everything that begins with the parent and a slash.
    return entries.subMap(parent.plus(SLASH), true, parent.plus(Bytes.utf8("0")), false);
  }

  @Override
  public Snapshot snapshot(Selection selection) {
    lock.readLock().lock();
    try {
      Map<Bytes, Entry> selected = new LinkedHashMap<>();
      for (Bytes prefix : selection.prefixes()) {
        for (Entry entry : entries.tailMap(prefix, true).values()) {
          if (!entry.key().startsWith(prefix)) {
            break;
          }
          if (keyModel.covers(prefix, entry.key())) {
            selected.put(entry.key(), entry);
          }
        }
      }
      return new MemorySnapshot(
          new SourceHead("memory", index), selected.size(), selected.values().iterator());
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {}

  private record MemorySnapshot(SourceHead head, int size, Iterator<Entry> rest)
      implements Snapshot {

    @Override
    public OptionalLong expectedEntries() {
      return OptionalLong.of(size);
    }

    @Override
    public @Nullable Entry next() {
      return rest.hasNext() ? rest.next() : null;
    }

    @Override
    public void close() {}
  }
}
