package org.etcdmirror.core.store;

import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

/** Remembers a checkpoint as long as the process lives; for sinks that live no longer either. */
public final class InMemoryIndexStore implements IndexStore {

  private volatile @Nullable Checkpoint checkpoint;

  /** An empty store. */
  public InMemoryIndexStore() {}

  @Override
  public Place place() {
    return Place.PROCESS;
  }

  @Override
  public Optional<Checkpoint> load() {
    return Optional.ofNullable(checkpoint);
  }

  @Override
  public void save(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  @Override
  public void close() {}
}
