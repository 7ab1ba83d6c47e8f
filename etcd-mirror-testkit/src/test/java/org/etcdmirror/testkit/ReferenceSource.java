package org.etcdmirror.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.jspecify.annotations.Nullable;

/** The simplest source that fulfils the contract; it keeps its whole history. */
class ReferenceSource implements InspectableSource {

  final List<MirrorEvent> history = new ArrayList<>();
  private boolean closed;

  synchronized long add(Bytes key, @Nullable Bytes value) {
    long index = history.size() + 1L;
    history.add(
        value == null
            ? new MirrorEvent.Delete(key, index)
            : new MirrorEvent.Put(key, value, index, null));
    notifyAll();
    return index;
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public synchronized SourceHead head(Selection selection) {
    return new SourceHead("reference", history.size());
  }

  @Override
  public synchronized Snapshot snapshot(Selection selection) {
    TreeMap<Bytes, MirrorEvent.Entry> state = new TreeMap<>();
    for (MirrorEvent event : history) {
      if (event instanceof MirrorEvent.Entry entry) {
        state.put(event.key(), entry);
      } else {
        state.remove(event.key());
      }
    }
    List<MirrorEvent.Entry> found = new ArrayList<>();
    for (Bytes prefix : selection.prefixes()) {
      state.values().stream()
          .filter(entry -> ReferenceSink.covers(keyModel(), selection, prefix, entry.key()))
          .filter(entry -> isData(entry.key()))
          .forEach(found::add);
    }
    return ReferenceSink.snapshot(head(selection), found);
  }

  @Override
  public synchronized EventStream open(Selection selection, Start start) {
    long from = start instanceof Start.After after ? after.index() : history.size();
    return new Stream(selection, from);
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  boolean delivers(Selection selection, MirrorEvent event) {
    return isData(event.key())
        && selection.prefixes().stream().anyMatch(one -> keyModel().covers(one, event.key()));
  }

  boolean isData(Bytes key) {
    return !OwnKeys.contains(key);
  }

  private final class Stream implements EventStream {

    private final Selection selection;
    private final long startIndex;
    private long index;
    private boolean ended;

    private Stream(Selection selection, long startIndex) {
      this.selection = selection;
      this.startIndex = startIndex;
      this.index = startIndex;
    }

    @Override
    public long startIndex() {
      return startIndex;
    }

    @Override
    public EventBatch poll(Duration timeout) throws IOException, InterruptedException {
      synchronized (ReferenceSource.this) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (history.size() == index && !ended && !closed) {
          long left = (deadline - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            break;
          }
          ReferenceSource.this.wait(left);
        }
        if (ended || closed) {
          throw new IOException("closed");
        }
        List<MirrorEvent> events =
            history.subList((int) index, history.size()).stream()
                .filter(event -> delivers(selection, event))
                .toList();
        index = history.size();
        return EventBatch.of(events, index, index);
      }
    }

    @Override
    public void close() {
      synchronized (ReferenceSource.this) {
        ended = true;
        ReferenceSource.this.notifyAll();
      }
    }
  }
}
