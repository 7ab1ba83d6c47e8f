package org.etcdmirror.testkit;

import java.io.IOException;
import java.util.List;
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

  /** Data, checkpoint, how often the checkpoint was written, and by whom last. */
  static final class Place {
    final ReferenceSink data = new ReferenceSink(KeyModel.BYTES);
    final HeldWrites line = new HeldWrites();
    @Nullable Checkpoint checkpoint;
    @Nullable ReferenceAtomicSink writer;
    long moves;
  }

  private static final EventBatch NOTHING = EventBatch.of(List.of(), 0, 0);

  final Place place;
  private @Nullable Checkpoint known;
  private long moves = -1;

  /** Whether this sink has moved the fence, and nothing that it sent before is under way. */
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
  public void save(Checkpoint checkpoint) throws IOException {
    move(NOTHING, checkpoint);
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    if (!claimed) {
      settle();
      move(NOTHING, known);
    }
    long expected = moves;
    send(() -> write(batch, expected));
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint) throws IOException {
    move(batch, checkpoint);
  }

  private void move(EventBatch batch, @Nullable Checkpoint next) throws IOException {
    settle();
    long expected = moves;
    send(() -> {
      write(batch, expected);
      place.checkpoint = next;
      place.writer = this;
      place.moves++;
    });
    known = next;
    moves = expected + 1;
    claimed = true;
  }

  /** Learns which of its own writes of unknown outcome was executed. */
  private void settle() {
    if (moves < 0) {
      load();
    } else if (!claimed && equals(place.writer)) {
      known = place.checkpoint;
      moves = place.moves;
    }
  }

  private void send(Runnable write) throws IOException {
    if (!place.line.send(write)) {
      lost();
      throw new IOException("the answer of a write is lost; send it again");
    }
  }

  void lost() {
    claimed = false;
  }

  void write(EventBatch batch, long expected) {
    if (expected != place.moves) {
      throw new FencedException("moved " + place.moves + " times, expected " + expected);
    }
    place.data.apply(batch);
  }

  @Override
  public Snapshot snapshot(Selection selection) {
    return place.data.snapshot(selection);
  }

  @Override
  public void close() {}
}
