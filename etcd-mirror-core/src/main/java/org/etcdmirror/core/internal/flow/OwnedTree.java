package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.internal.keys.PathNames;
import org.etcdmirror.core.internal.snapshot.ChunkedSnapshot;

/**
 * What the sink holds of a tree that is deleted, without the keys that are not the mirror's.
 *
 * @param keys what is below a key behind it
 * @param expiring the directories among them that go by themselves
 */
record OwnedTree(List<Bytes> keys, Set<Bytes> expiring) {

  static OwnedTree read(ReadableSink sink, Bytes top, Predicate<Bytes> owned)
      throws IOException, InterruptedException {
    List<Bytes> keys = new ArrayList<>();
    Set<Bytes> expiring = new HashSet<>();
    try (Snapshot held = ChunkedSnapshot.of(sink.snapshot(Selection.of(top)))) {
      for (Entry entry = held.next(); entry != null; entry = held.next()) {
        // To a sink of bytes the selection is more than the tree.
        if (KeyModel.PATHS.covers(top, entry.key()) && owned.test(entry.key())) {
          keys.add(entry.key());
          if (entry instanceof MakeDirectory && entry.expiresAt() != null) {
            expiring.add(entry.key());
          }
        }
      }
    }
    return new OwnedTree(keys, expiring);
  }

  List<Bytes> deepestFirst() {
    List<Bytes> reversed = new ArrayList<>(keys);
    Collections.reverse(reversed);
    return reversed;
  }

  /** Whether the key is a directory with an expiry, or in one. */
  boolean goesInAnyCase(Bytes key) {
    return !expiring.isEmpty()
        && (expiring.contains(key) || PathNames.parents(key).stream().anyMatch(expiring::contains));
  }

  /**
   * The directories with an expiry that later events put something into without naming them. The
   * new ones have no expiry, also where keys that are not the mirror's keep the old ones.
   */
  List<Bytes> comingBack(List<MirrorEvent> later) {
    if (expiring.isEmpty()) {
      return List.of();
    }
    Set<Bytes> made = new HashSet<>();
    Set<Bytes> named = new HashSet<>();
    for (MirrorEvent event : later) {
      if (event instanceof MakeDirectory directory && directory.implied()) {
        made.add(directory.key());
      } else if (event instanceof Entry) {
        named.add(event.key());
      }
      if (event instanceof Entry) {
        made.addAll(PathNames.parents(event.key()));
      }
    }
    return keys.stream()
        .filter(key -> expiring.contains(key) && made.contains(key) && !named.contains(key))
        .toList();
  }
}
