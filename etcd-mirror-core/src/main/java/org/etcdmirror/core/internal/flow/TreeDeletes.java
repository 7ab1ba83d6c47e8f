package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.core.internal.keys.KeyMapper;

/**
 * Spares what the scope excludes from tree deletes: the sink may keep keys of its own there. With
 * excludes, a tree delete becomes deletes of the keys that the mirror owns; a directory in which
 * others remain stays. A sink that cannot be read gets the tree delete as it is.
 *
 * <p>A key that the batch writes later is not deleted before. One in a directory with an expiry is:
 * the directory goes only when it is empty, and one that stayed would keep its expiry and take with
 * it what is written later.
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
        OwnedTree owned = OwnedTree.read(readable, tree.key(), mapper::owns);
        for (Bytes key : owned.deepestFirst()) {
          // What comes later to the same key says all that is to be said of it.
          boolean deletes = last.getOrDefault(key, -1) < i && !deleted.contains(key);
          if (deletes || owned.goesInAnyCase(key)) {
            deleted.add(key);
            expanded.add(new Delete(key, tree.index()));
          }
        }
        for (Bytes directory : owned.comingBack(events.subList(i + 1, events.size()))) {
          expanded.add(new MakeDirectory(directory, tree.index(), null));
        }
      } else if (!(event instanceof Refresh) || !deleted.contains(event.key())) {
        expanded.add(event);
      }
    }
    return EventBatch.of(expanded, batch.index(), batch.headIndex());
  }
}
