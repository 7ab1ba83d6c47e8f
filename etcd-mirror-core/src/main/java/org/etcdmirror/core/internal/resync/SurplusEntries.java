package org.etcdmirror.core.internal.resync;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.keys.PathNames;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the sink that the source does not have. All are counted; of very many only the first
 * are remembered.
 */
final class SurplusEntries {

  /** An entry that the source does not have. */
  private record Extra(Bytes key, boolean directory, boolean expired, @Nullable Bytes former) {

    /** Values come first, then directories, the deepest first, each empty in its turn. */
    int depth() {
      return directory ? PathNames.depth(key) : Integer.MAX_VALUE;
    }
  }

  private final ExpiringKeys expiring;
  private final FormerEntries formerEntries;
  private final List<Bytes> prefixes;
  private final int most;
  private final Map<Bytes, Extra> remembered = new LinkedHashMap<>();
  private final List<Bytes> samples = new ArrayList<>();
  private final Map<Bytes, Long> former = new TreeMap<>();
  private long entries;
  private long values;
  private long places;
  private long expired;

  /**
   * None so far.
   *
   * @param expiring which keys had a time to live in the source
   * @param formerEntries which of them need an approval, because only the checkpoint names their
   *     scope
   * @param prefixes the sink's prefixes
   * @param most how many are remembered
   */
  SurplusEntries(
      ExpiringKeys expiring, FormerEntries formerEntries, List<Bytes> prefixes, int most) {
    this.expiring = expiring;
    this.formerEntries = formerEntries;
    this.prefixes = prefixes;
    this.most = most;
  }

  void add(Entry found) {
    boolean directory = found instanceof MakeDirectory;
    Extra extra =
        new Extra(
            found.key(),
            directory,
            expiring.contains(found.key()),
            formerEntries.unnamedPrefix(found.key()));
    count(extra, 1);
    if (samples.size() < MissingEntries.SAMPLES) {
      samples.add(found.key());
    }
    if (remembered.size() < most) {
      remembered.put(found.key(), extra);
    }
  }

  /** The source has this now, or its own event deletes it. */
  void happened(MirrorEvent event) {
    if (!(event instanceof Refresh)) {
      Extra extra = remembered.remove(event.key());
      if (extra != null) {
        count(extra, -1);
      }
    }
  }

  private void count(Extra extra, int more) {
    entries += more;
    values += extra.directory() ? 0 : more;
    expired += extra.expired() ? more : 0;
    places += extra.directory() && prefixes.contains(extra.key()) ? more : 0;
    if (extra.former() != null) {
      former.merge(extra.former(), (long) more, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  /** The number of directories that are prefixes themselves, and so no data. */
  long places() {
    return places;
  }

  /** The number of entries that need an approval by themselves, by former prefix. */
  Map<Bytes, Long> former() {
    return former;
  }

  /** The number of entries that had a time to live in the source. */
  long expired() {
    return expired;
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

  long remembered() {
    return remembered.size();
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
