package org.etcdmirror.core.internal.diff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.keys.Coalescer;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;

/**
 * Holds all entries of a source whose transform renames keys, in the order of the sink's keys.
 * Events change entries that were not taken yet. Used by one thread.
 */
public final class RenamedEntries {

  /** So many events are reduced to the last of each key. */
  private static final int REDUCED_AT = 10_000;

  private final KeyMapper mapper;
  private final TreeMap<Bytes, Entry> entries;

  /** The source's keys of each entry that came of several of them. */
  private final Map<Bytes, Set<Bytes>> collisions;

  private final Map<Bytes, Bytes> sources = new HashMap<>();
  private List<MirrorEvent> meanwhile = new ArrayList<>();
  private int reduced;
  private boolean streamed;
  private boolean settled;
  private @Nullable Bytes taken;

  RenamedEntries(KeyMapper mapper) {
    this.mapper = mapper;
    this.entries = new TreeMap<>(mapper.targetOrder());
    this.collisions = new TreeMap<>(mapper.targetOrder());
  }

  /** From now on each event is reported. */
  public void streamed() {
    streamed = true;
  }

  /** One of the entries that come of a source's key. */
  void read(Entry made, Bytes source) {
    Bytes key = made.key();
    Entry before = entries.get(key);
    if (before == null || before.index() <= made.index()) {
      entries.put(key, made);
    }
    Bytes other = sources.putIfAbsent(key, source);
    if (other != null) {
      collisions.computeIfAbsent(key, same -> new TreeSet<>(Set.of(other))).add(source);
    }
  }

  /**
   * All entries are read, and all events through the last chunk were reported.
   *
   * @param asOne whether all was read at one index
   * @throws PermanentException if one key was made of two
   */
  void settle(boolean asOne) {
    Set<Bytes> changed = new HashSet<>();
    for (MirrorEvent event : Coalescer.coalesce(meanwhile, key -> false)) {
      Entry read = entries.get(event.key());
      changed.add(event.key());
      if (read == null || event.index() > read.index() || event instanceof Refresh) {
        change(event);
      }
    }
    // What moved from one key of the source to another may have been read at both.
    for (Map.Entry<Bytes, Set<Bytes>> collision : collisions.entrySet()) {
      if (asOne || (streamed && !changed.contains(collision.getKey()))) {
        throw mapper.collision(collision.getValue(), collision.getKey());
      }
    }
    meanwhile = List.of();
    sources.clear();
    collisions.clear();
    settled = true;
  }

  /** False if its key was taken already, so that the event is for the sink. */
  public boolean happened(MirrorEvent event) {
    if (!settled) {
      meanwhile.add(event);
      if (meanwhile.size() >= reduced + REDUCED_AT) {
        meanwhile = new ArrayList<>(Coalescer.coalesce(meanwhile, key -> false));
        reduced = meanwhile.size();
      }
      return true;
    }
    if (taken != null && mapper.targetOrder().compare(event.key(), taken) <= 0) {
      return false;
    }
    change(event);
    return true;
  }

  private void change(MirrorEvent event) {
    if (event instanceof Put put) {
      entries.put(put.key(), put);
    } else if (event instanceof Delete) {
      entries.remove(event.key());
    } else if (event instanceof Refresh refresh && entries.get(event.key()) instanceof Put put) {
      entries.put(put.key(), put.withExpiry(refresh.expiresAt(), refresh.lease()));
    }
  }

  /** The next entry, or null after the last one. */
  @Nullable Entry take() {
    Map.Entry<Bytes, Entry> next = entries.pollFirstEntry();
    if (next == null) {
      return null;
    }
    taken = next.getKey();
    return next.getValue();
  }
}
