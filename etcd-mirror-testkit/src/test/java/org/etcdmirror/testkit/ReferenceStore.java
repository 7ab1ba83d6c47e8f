package org.etcdmirror.testkit;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

/** The simplest store that fulfils the contract; stores of one place share the reference. */
class ReferenceStore implements IndexStore {

  final AtomicReference<@Nullable Checkpoint> place;
  private final HeldWrites line;
  private @Nullable Checkpoint known;

  ReferenceStore(AtomicReference<@Nullable Checkpoint> place) {
    this(place, new HeldWrites());
  }

  ReferenceStore(AtomicReference<@Nullable Checkpoint> place, HeldWrites line) {
    this.place = place;
    this.line = line;
  }

  @Override
  public Optional<Checkpoint> load() {
    known = place.get();
    return Optional.ofNullable(known);
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException {
    // Another object each time, as it is compared by identity.
    Checkpoint fresh = checkpoint.withNotes(checkpoint.notes());
    Checkpoint expected = known;
    if (!line.send(() -> replace(expected, fresh))) {
      throw new IOException("the answer of a save is lost; save again");
    }
    known = fresh;
  }

  void replace(@Nullable Checkpoint expected, Checkpoint fresh) {
    if (!place.compareAndSet(expected, fresh)) {
      throw new FencedException("expected " + expected + ", found " + place.get());
    }
  }

  @Override
  public void close() {}
}
