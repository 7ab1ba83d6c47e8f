package org.etcdmirror.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;

/**
 * Entries of the sink that the source does not have. All are counted; of very many only the first
 * are remembered.
 */
final class Extras {

  private static final int SAMPLES = 20;

  /** An entry that the source does not have. */
  private record Extra(Bytes key, boolean directory) {

    /** Values come first, then directories, the deepest first, each empty in its turn. */
    int depth() {
      if (!directory) {
        return Integer.MAX_VALUE;
      }
      int depth = 0;
      for (int i = 0; i < key.size(); i++) {
        depth += key.at(i) == (byte) '/' ? 1 : 0;
      }
      return depth;
    }
  }

  private final int most;
  private final Map<Bytes, Extra> remembered = new LinkedHashMap<>();
  private final List<Bytes> samples = new ArrayList<>();
  private long entries;
  private long values;

  /** Remembers so many at most. */
  Extras(int most) {
    this.most = most;
  }

  void add(Entry found) {
    entries++;
    values += found instanceof Put ? 1 : 0;
    if (samples.size() < SAMPLES) {
      samples.add(found.key());
    }
    if (remembered.size() < most) {
      remembered.put(found.key(), new Extra(found.key(), found instanceof MakeDirectory));
    }
  }

  /** The source has this now, or its own event deletes it. */
  void happened(MirrorEvent event) {
    if (!(event instanceof Refresh)) {
      Extra extra = remembered.remove(event.key());
      entries -= extra == null ? 0 : 1;
      values -= extra == null || extra.directory() ? 0 : 1;
    }
  }

  long entries() {
    return entries;
  }

  long values() {
    return values;
  }

  /** The first of them. */
  List<Bytes> samples() {
    return samples;
  }

  /** Whether each is remembered. */
  boolean areAllRemembered() {
    return remembered.size() == entries;
  }

  /** The keys that are remembered and may be deleted now, in the order in which that can be. */
  List<Bytes> toDelete() {
    boolean all = areAllRemembered();
    List<Extra> extras = new ArrayList<>(remembered.values());
    Bytes last = extras.isEmpty() ? Bytes.EMPTY : extras.get(extras.size() - 1).key();
    extras.sort(Comparator.comparingInt(Extra::depth).reversed());
    List<Bytes> keys = new ArrayList<>();
    for (Extra extra : extras) {
      // A directory that holds the last of them may hold more of what was not remembered.
      if (all || !extra.directory() || !KeyModel.PATHS.covers(extra.key(), last)) {
        keys.add(extra.key());
      }
    }
    return keys;
  }
}
