package org.etcdmirror.core.live;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.etcdmirror.core.store.InMemorySink;
import org.jspecify.annotations.Nullable;

/**
 * The sink behind a {@link LiveMap}. The bytes are in an {@link InMemorySink}, so that a resync
 * writes only what differs. What was decoded from them is shown when a checkpoint says that it is
 * one state of the source: after each batch, and at the end of a resync. It is an {@link
 * AtomicSink} to learn that; one mirror uses it, so there is nothing to fence.
 */
final class LiveSink<V> implements AtomicSink {

  private final InMemorySink raw = InMemorySink.bytes();
  private final Decoding<V> decoding;
  private final Notifier<V> notifier;

  private volatile LiveView<V> shown = LiveView.empty();
  private volatile @Nullable Checkpoint checkpoint;

  /** What is applied, and which of its keys may differ from what is shown. */
  private LiveView<V> applied = shown;

  private Set<Bytes> touched = new HashSet<>();

  LiveSink(Decoding<V> decoding, Notifier<V> notifier) {
    this.decoding = decoding;
    this.notifier = notifier;
  }

  /** The newest state that is one of the source. */
  LiveView<V> view() {
    return shown;
  }

  @Override
  public KeyModel keyModel() {
    return raw.keyModel();
  }

  @Override
  public boolean isDurable() {
    return false;
  }

  @Override
  public Place place() {
    return Place.PROCESS;
  }

  @Override
  public void open(SinkContext context) {
    raw.open(context);
  }

  @Override
  public long maxAtomicBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public Optional<Checkpoint> load() {
    return Optional.ofNullable(checkpoint);
  }

  @Override
  public void apply(EventBatch batch, Checkpoint reached) throws InterruptedException {
    apply(batch);
    save(reached);
  }

  @Override
  public void apply(EventBatch batch) throws InterruptedException {
    LiveView<V> next = applied;
    Set<Bytes> changed = new HashSet<>();
    for (MirrorEvent event : batch.events()) {
      if (event instanceof Put put) {
        if (!isSame(put, next)) {
          next = decoding.put(next, put);
          changed.add(put.key());
        }
      } else if (event instanceof DeleteTree) {
        for (Bytes key : next.tree(event.key())) {
          next = next.without(key);
          changed.add(key);
        }
      } else if (event instanceof MirrorEvent.Delete) {
        next = next.without(event.key());
        changed.add(event.key());
      }
    }
    raw.apply(batch);
    applied = next;
    touched.addAll(changed);
  }

  /** A put of the same bytes keeps the object that was decoded from them. */
  private boolean isSame(Put put, LiveView<V> state) {
    return state.holds(put.key()) && raw.get(put.key()).filter(put.value()::equals).isPresent();
  }

  @Override
  public void save(Checkpoint reached) {
    checkpoint = reached;
    if (!CompareNote.isIn(reached)) {
      shown = applied.at(reached.index());
      notifier.shown(shown, touched);
      touched = new HashSet<>();
    }
  }

  @Override
  public Snapshot snapshot(Selection selection) {
    return raw.snapshot(selection);
  }

  /** Nothing to free; the last state stays readable. */
  @Override
  public void close() {}
}
