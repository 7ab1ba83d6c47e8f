package org.etcdmirror.core.internal.side;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

/**
 * An index store whose failures name their side.
 *
 * @param side what the failures name
 * @param store where the index is kept
 */
public record SideStore(Side side, IndexStore store) implements IndexStore {

  @Override
  public Place place() {
    return store.place();
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    return side.call(store::load);
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    side.run(() -> store.save(checkpoint));
  }

  @Override
  public void confirm() throws IOException, InterruptedException {
    side.run(store::confirm);
  }

  @Override
  public Duration confirmPause() {
    return store.confirmPause();
  }

  @Override
  public boolean hasWritten(long index) {
    return store.hasWritten(index);
  }

  @Override
  public @Nullable String signature() {
    return store.signature();
  }

  @Override
  public void close() {
    store.close();
  }
}
