package org.etcdmirror.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** The simplest sink that fulfils the contract; the contracts themselves are tested on it. */
class ReferenceSink implements ReadableSink {

  private static final Bytes SLASH = Bytes.utf8("/");

  private final KeyModel model;
  final TreeMap<Bytes, MirrorEvent.Entry> entries = new TreeMap<>();

  ReferenceSink(KeyModel model) {
    this.model = model;
  }

  @Override
  public KeyModel keyModel() {
    return model;
  }

  /** In memory, and a new one each time. */
  @Override
  public boolean isDurable() {
    return false;
  }

  @Override
  public synchronized void apply(EventBatch batch) {
    batch.events().forEach(this::apply);
  }

  void apply(MirrorEvent event) {
    Bytes key = event.key();
    if (event instanceof MirrorEvent.Put put) {
      if (model == KeyModel.PATHS) {
        deleteTree(key);
        makeParents(key);
      }
      entries.put(key, put);
    } else if (event instanceof MirrorEvent.MakeDirectory directory) {
      makeParents(key);
      makeDirectory(directory);
    } else if (event instanceof MirrorEvent.Refresh) {
      // The reference sink stores no expiry.
    } else if (event instanceof MirrorEvent.DeleteTree) {
      deleteTree(key);
    } else if (below(key).isEmpty() || model == KeyModel.BYTES) {
      entries.remove(key);
    }
  }

  private void makeDirectory(MirrorEvent.MakeDirectory directory) {
    if (!(entries.get(directory.key()) instanceof MirrorEvent.MakeDirectory)) {
      entries.put(directory.key(), directory);
    }
  }

  private void makeParents(Bytes key) {
    for (int i = 1; i < key.size(); i++) {
      if (key.at(i) == '/') {
        Bytes parent = Bytes.of(Arrays.copyOf(key.toByteArray(), i));
        makeDirectory(new MirrorEvent.MakeDirectory(parent, 0, null));
      }
    }
  }

  void deleteTree(Bytes key) {
    entries.remove(key);
    below(key).forEach(entries::remove);
  }

  private List<Bytes> below(Bytes key) {
    Bytes start = key.plus(SLASH);
    return entries.tailMap(start).keySet().stream()
        .takeWhile(other -> other.startsWith(start))
        .toList();
  }

  @Override
  public synchronized Snapshot snapshot(Selection selection) {
    List<MirrorEvent.Entry> found = new ArrayList<>();
    for (Bytes prefix : selection.prefixes()) {
      entries.values().stream()
          .filter(entry -> covers(model, selection, prefix, entry.key()))
          .forEach(found::add);
    }
    return shown(found);
  }

  Snapshot shown(List<MirrorEvent.Entry> entries) {
    return snapshot(new SourceHead("reference", 0), entries);
  }

  static boolean covers(KeyModel model, Selection selection, Bytes prefix, Bytes key) {
    return selection.exact() ? prefix.equals(key) : model.covers(prefix, key);
  }

  static Snapshot snapshot(SourceHead head, List<MirrorEvent.Entry> entries) {
    Queue<MirrorEvent.Entry> left = new ArrayDeque<>(entries);
    return new Snapshot() {
      @Override
      public SourceHead head() {
        return head;
      }

      @Override
      public MirrorEvent.@Nullable Entry next() {
        return left.poll();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {}
}
