package org.etcdmirror.core.internal.keys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.jspecify.annotations.Nullable;

/**
 * Reduces events to the last one of each key. An event that a later tree delete covers is dropped
 * as well; the tree delete itself stays, in its place before whatever came to life after it. Where
 * a key came and went, the directory that was made for it stays behind, as it does in the source;
 * one that was there before keeps its expiry.
 *
 * <p>A refresh becomes a part of the entry that it finds; of a key that is gone it is dropped.
 *
 * <p>Relies on what etcd does: a value takes the place of a directory only after the directory was
 * deleted.
 */
public final class Coalescer {

  private static final Bytes SLASH = Bytes.utf8("/");

  private final Predicate<Bytes> directories;

  /** An entry that is gone again: its place, and its index. */
  private record Came(int place, long index) {

    static Came later(@Nullable Came one, Came other) {
      return one != null && one.place() > other.place() ? one : other;
    }
  }

  /** The remaining events, each in its place. */
  private final List<@Nullable MirrorEvent> events = new ArrayList<>();

  /** The place of the last event of each key. */
  private final TreeMap<Bytes, Integer> latest = new TreeMap<>();

  private Coalescer(Predicate<Bytes> directories) {
    this.directories = directories;
  }

  /**
   * Reduces these events.
   *
   * @param directories whether the sink is to have a directory at this key when one was made for a
   *     key below it
   */
  public static List<MirrorEvent> coalesce(List<MirrorEvent> events, Predicate<Bytes> directories) {
    Coalescer coalescer = new Coalescer(directories);
    events.forEach(coalescer::add);
    return coalescer.result();
  }

  private void add(MirrorEvent event) {
    if (event instanceof Refresh refresh) {
      refresh(refresh);
    } else if (!isKnown(event)) {
      replace(event);
    }
  }

  /** Whether the event adds nothing to what is known of its key. */
  private boolean isKnown(MirrorEvent event) {
    return event instanceof Delete
        ? isDeleted(event.key())
        : event instanceof MakeDirectory directory
            && directory.implied()
            && isDirectory(directory.key());
  }

  /** Only a directory that has an expiry is refreshed: a value has none below it. */
  private boolean isDirectory(Bytes key) {
    Integer older = latest.get(key);
    MirrorEvent known = older == null ? null : events.get(older);
    return known instanceof MakeDirectory || known instanceof Refresh;
  }

  /** The first of two deletes stays where it is: that of a directory may follow and rely on it. */
  private boolean isDeleted(Bytes key) {
    Integer older = latest.get(key);
    return older != null && events.get(older) instanceof Delete;
  }

  private boolean isGoneSince(int place) {
    return events.get(place) instanceof Delete || events.get(place) instanceof DeleteTree;
  }

  /** The key's put of this batch, with the new expiry. */
  private void refresh(Refresh refresh) {
    Integer older = latest.get(refresh.key());
    MirrorEvent known = older == null ? null : events.get(older);
    if (older != null && known instanceof Put put) {
      events.set(older, put.withExpiry(refresh.expiresAt(), refresh.lease()));
    } else if (older != null && known instanceof MakeDirectory directory) {
      events.set(older, new MakeDirectory(refresh.key(), directory.index(), refresh.expiresAt()));
    } else if (known instanceof Refresh || (known == null && !isInDeletedTree(refresh.key()))) {
      replace(refresh);
    }
  }

  private boolean isInDeletedTree(Bytes key) {
    for (Bytes above = parent(key); above != null; above = parent(above)) {
      Integer at = latest.get(above);
      if (at != null && events.get(at) instanceof DeleteTree) {
        return true;
      }
    }
    return false;
  }

  private void replace(MirrorEvent event) {
    Came came = event instanceof DeleteTree ? dropBelow(event.key()) : null;
    Integer gone = latest.get(event.key());
    if (event instanceof DeleteTree && gone != null && isGoneSince(gone)) {
      // It stays where the key went first: the delete of a directory may follow and rely on it.
      events.set(gone, new DeleteTree(event.key(), events.get(gone).index()));
      keepParent(event.key(), came);
      return;
    }
    Integer older = latest.put(event.key(), events.size());
    MirrorEvent replaced = older == null ? null : events.get(older);
    if (older != null) {
      // A tree delete must stay before a newer event on its own key: it empties what is below.
      if (event instanceof DeleteTree || !(replaced instanceof DeleteTree)) {
        events.set(older, null);
        if (replaced instanceof Entry && !(event instanceof Entry)) {
          came = Came.later(came, new Came(older, replaced.index()));
        }
      }
    }
    if (older != null && replaced instanceof Delete) {
      emptyAbove(event.key(), older);
      events.add(anew(event));
    } else {
      events.add(event);
    }
    keepParent(event.key(), came);
  }

  /**
   * A delete is dropped from a place. A directory above that was deleted behind it relied on it to
   * be empty, so it takes with it what it holds.
   */
  private void emptyAbove(Bytes key, int place) {
    for (Bytes above = parent(key); above != null; above = parent(above)) {
      Integer at = latest.get(above);
      if (at != null
          && at > place
          && events.get(at) instanceof Delete delete
          && directories.test(above)) {
        events.set(at, new DeleteTree(above, delete.index()));
      }
    }
  }

  /** A directory that was made behind a delete has no expiry, whatever the sink held before. */
  private static MirrorEvent anew(MirrorEvent event) {
    return event instanceof MakeDirectory directory && directory.implied()
        ? new MakeDirectory(directory.key(), directory.index(), null)
        : event;
  }

  /** Drops what a tree holds; the last entry among it, or null. */
  private @Nullable Came dropBelow(Bytes key) {
    Bytes below = key.equals(SLASH) ? key : key.plus(SLASH);
    Came came = null;
    var covered = latest.tailMap(below, true).entrySet().iterator();
    while (covered.hasNext()) {
      var entry = covered.next();
      if (!entry.getKey().startsWith(below)) {
        break;
      }
      MirrorEvent dropped = events.set(entry.getValue(), null);
      if (dropped instanceof Entry) {
        came = Came.later(came, new Came(entry.getValue(), dropped.index()));
      }
      covered.remove();
    }
    return came;
  }

  /** What came and went had made the directory above it, or found it; either way that stays. */
  private void keepParent(Bytes key, @Nullable Came came) {
    Bytes parent = came == null ? null : parent(key);
    if (came == null || parent == null || !directories.test(parent)) {
      return;
    }
    Integer at = latest.get(parent);
    MirrorEvent known = at == null ? null : events.get(at);
    if (at != null && (at > came.place() || known instanceof Entry || known instanceof Refresh)) {
      return;
    }
    if (at != null && known instanceof Delete) {
      events.set(at, null);
      emptyAbove(parent, at);
    }
    latest.put(parent, came.place());
    // What was made anew behind a delete has no expiry.
    events.set(
        came.place(),
        known == null
            ? MakeDirectory.implied(parent, came.index())
            : new MakeDirectory(parent, came.index(), null));
  }

  /** The path above a path; null for the topmost. */
  static @Nullable Bytes parent(Bytes key) {
    for (int i = key.size() - 1; i > 0; i--) {
      if (key.at(i) == (byte) '/') {
        return Bytes.of(Arrays.copyOf(key.toByteArray(), i));
      }
    }
    return null;
  }

  private List<MirrorEvent> result() {
    List<MirrorEvent> result = new ArrayList<>(latest.size());
    for (MirrorEvent event : events) {
      if (event != null) {
        result.add(event);
      }
    }
    return result;
  }
}
