package org.etcdmirror.testkit;

import java.io.IOException;
import java.util.Optional;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.jspecify.annotations.Nullable;

/** The simplest atomic sink that fulfils the contract; sinks of one place share their data. */
class ReferenceAtomicSink implements AtomicSink {

  /** Data, checkpoint, and how often the checkpoint was written. */
  static final class Place {
    final ReferenceSink data = new ReferenceSink(KeyModel.BYTES);
    @Nullable Checkpoint checkpoint;
    long moves;
  }

  private final Place place;
  private @Nullable Checkpoint known;
  private long moves = -1;
  boolean claimed;

  ReferenceAtomicSink(Place place) {
    this.place = place;
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public long maxAtomicBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public Optional<Checkpoint> load() {
    known = place.checkpoint;
    moves = place.moves;
    claimed = false;
    return Optional.ofNullable(known);
  }

  @Override
  public void save(Checkpoint checkpoint) {
    move(checkpoint);
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    if (!claimed) {
      loadIfUnknown();
      move(known);
    }
    refuseIfMoved();
    place.data.apply(batch);
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint) {
    move(checkpoint);
    place.data.apply(batch);
  }

  private void move(@Nullable Checkpoint next) {
    loadIfUnknown();
    refuseIfMoved();
    place.checkpoint = next;
    place.moves++;
    known = next;
    moves = place.moves;
    claimed = true;
  }

  private void loadIfUnknown() {
    if (moves < 0) {
      load();
    }
  }

  private void refuseIfMoved() {
    if (moves != place.moves) {
      throw new FencedException("moved " + place.moves + " times, expected " + moves);
    }
  }

  @Override
  public Snapshot snapshot(Selection selection) {
    return place.data.snapshot(selection);
  }

  @Override
  public void close() {}
}
