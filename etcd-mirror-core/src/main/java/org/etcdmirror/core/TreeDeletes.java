package org.etcdmirror.core;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;

/**
 * Spares what the scope excludes from tree deletes: the sink may keep keys of its own there. With
 * excludes, a tree delete becomes deletes of the keys that the mirror owns; a directory in which
 * others remain stays. A sink that cannot be read gets the tree delete as it is.
 */
final class TreeDeletes {

  private final EventSink sink;
  private final KeyMapper mapper;

  TreeDeletes(EventSink sink, KeyMapper mapper) {
    this.sink = sink;
    this.mapper = mapper;
  }

  /** The batch without tree deletes; what stands before one is applied, so that it can be seen. */
  EventBatch expand(EventBatch batch, CheckpointKeeper keeper)
      throws IOException, InterruptedException {
    if (!mapper.hasExcludes() || !(sink instanceof ReadableSink readable)) {
      return batch;
    }
    List<MirrorEvent> pending = new ArrayList<>();
    for (MirrorEvent event : batch.events()) {
      if (event instanceof DeleteTree tree) {
        keeper.write(EventBatch.of(pending, tree.index(), batch.headIndex()));
        pending.clear();
        keeper.write(EventBatch.of(owned(tree, readable), tree.index(), batch.headIndex()));
      } else {
        pending.add(event);
      }
    }
    return EventBatch.of(pending, batch.index(), batch.headIndex());
  }

  private List<MirrorEvent> owned(DeleteTree tree, ReadableSink readable)
      throws IOException, InterruptedException {
    List<MirrorEvent> deletes = new ArrayList<>();
    try (Snapshot held = readable.snapshot(Selection.of(tree.key()))) {
      for (Entry entry = held.next(); entry != null; entry = held.next()) {
        // To a sink of bytes the selection is more than the tree.
        if (KeyModel.PATHS.covers(tree.key(), entry.key()) && mapper.owns(entry.key())) {
          deletes.add(new Delete(entry.key(), tree.index()));
        }
      }
    }
    Collections.reverse(deletes);
    return deletes;
  }
}
