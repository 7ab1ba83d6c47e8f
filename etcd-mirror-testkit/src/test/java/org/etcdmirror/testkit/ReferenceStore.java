package org.etcdmirror.testkit;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

/** The simplest store that fulfils the contract; stores of one place share the reference. */
class ReferenceStore implements IndexStore {

  final AtomicReference<@Nullable Checkpoint> place;
  private @Nullable Checkpoint known;

  ReferenceStore(AtomicReference<@Nullable Checkpoint> place) {
    this.place = place;
  }

  @Override
  public Optional<Checkpoint> load() {
    known = place.get();
    return Optional.ofNullable(known);
  }

  @Override
  public void save(Checkpoint checkpoint) {
    // Another object each time, as it is compared by identity.
    Checkpoint fresh = checkpoint.withNotes(checkpoint.notes());
    if (!place.compareAndSet(known, fresh)) {
      throw new FencedException("expected " + known + ", found " + place.get());
    }
    known = fresh;
  }

  @Override
  public void close() {}
}
