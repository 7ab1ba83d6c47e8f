package org.etcdmirror.customsink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;

/**
 * An index beside the data, which means nothing without it: where somebody took the data away, a
 * mirror that went on from the index would leave out all that was before.
 */
final class StoreBeside implements IndexStore {

  private final Path data;
  private final IndexStore store;

  StoreBeside(Path data, IndexStore store) {
    this.data = data;
    this.store = store;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    // Also where its answer is of no use: the store wants to be asked before it is told.
    Optional<Checkpoint> stored = store.load();
    return Files.exists(data) ? stored : Optional.empty();
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    store.save(checkpoint);
  }

  @Override
  public void close() {
    store.close();
  }
}
