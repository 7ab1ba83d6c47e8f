package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.snapshot.ChunkedSnapshot;

/**
 * Spares what the scope excludes from tree deletes: the sink may keep keys of its own there. With
 * excludes, a tree delete becomes deletes of the keys that the mirror owns; a directory in which
 * others remain stays. A sink that cannot be read gets the tree delete as it is.
 */
public final class TreeDeletes {

  private final EventSink sink;
  private final KeyMapper mapper;

  TreeDeletes(EventSink sink, KeyMapper mapper) {
    this.sink = sink;
    this.mapper = mapper;
  }

  /** The batch without tree deletes, told from what the sink holds before it. */
  EventBatch expand(EventBatch batch) throws IOException, InterruptedException {
    List<MirrorEvent> events = batch.events();
    if (mapper.excludes().isEmpty()
        || !(sink instanceof ReadableSink readable)
        || events.stream().noneMatch(DeleteTree.class::isInstance)) {
      return batch;
    }
    Map<Bytes, Integer> last = new HashMap<>();
    for (int i = 0; i < events.size(); i++) {
      if (!(events.get(i) instanceof DeleteTree) && !(events.get(i) instanceof Refresh)) {
        last.put(events.get(i).key(), i);
      }
    }
    List<MirrorEvent> expanded = new ArrayList<>();
    Set<Bytes> deleted = new HashSet<>();
    for (int i = 0; i < events.size(); i++) {
      MirrorEvent event = events.get(i);
      if (event instanceof DeleteTree tree) {
        for (Bytes key : owned(tree, readable)) {
          // What comes later to the same key says all that is to be said of it.
          if (last.getOrDefault(key, -1) < i && deleted.add(key)) {
            expanded.add(new Delete(key, tree.index()));
          }
        }
      } else if (!(event instanceof Refresh) || !deleted.contains(event.key())) {
        expanded.add(event);
      }
    }
    return EventBatch.of(expanded, batch.index(), batch.headIndex());
  }

  /** The keys to delete, what is below a key before it. */
  private List<Bytes> owned(DeleteTree tree, ReadableSink readable)
      throws IOException, InterruptedException {
    List<Bytes> keys = new ArrayList<>();
    try (Snapshot held = ChunkedSnapshot.of(readable.snapshot(Selection.of(tree.key())))) {
      for (Entry entry = held.next(); entry != null; entry = held.next()) {
        // To a sink of bytes the selection is more than the tree.
        if (KeyModel.PATHS.covers(tree.key(), entry.key()) && mapper.owns(entry.key())) {
          keys.add(entry.key());
        }
      }
    }
    Collections.reverse(keys);
    return keys;
  }
}
