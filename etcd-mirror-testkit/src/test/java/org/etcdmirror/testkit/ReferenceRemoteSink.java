package org.etcdmirror.testkit;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.jspecify.annotations.Nullable;

/** The simplest sink without a fence that fulfils the contract; those of one place share it. */
class ReferenceRemoteSink implements ReadableSink {

  /** Data, checkpoint, and the line to both. */
  static final class Place {
    final ReferenceSink data = new ReferenceSink(KeyModel.BYTES);
    final AtomicReference<@Nullable Checkpoint> checkpoint = new AtomicReference<>();
    final HeldWrites line = new HeldWrites();
  }

  final Place place;

  ReferenceRemoteSink(Place place) {
    this.place = place;
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public IndexStore indexStore(String link) {
    return new ReferenceStore(place.checkpoint, place.line);
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    if (!place.line.send(() -> place.data.apply(batch))) {
      throw lost(touched(batch));
    }
  }

  IOException lost(List<Touched> touched) {
    return new OutcomeUnknownException("the answer of a write is lost", touched, null);
  }

  static List<Touched> touched(EventBatch batch) {
    return batch.events().stream()
        .map(event -> new Touched(event.key(), event instanceof MirrorEvent.DeleteTree, ""))
        .toList();
  }

  @Override
  public Snapshot snapshot(Selection selection) {
    return place.data.snapshot(selection);
  }

  @Override
  public void close() {}
}
