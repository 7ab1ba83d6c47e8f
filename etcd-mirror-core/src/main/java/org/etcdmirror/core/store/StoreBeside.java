package org.etcdmirror.core.store;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SinkRolledBackException;

/**
 * An index beside a file or directory of data, which means nothing without it: if the data is gone,
 * nothing is stored, and the next run makes a first copy. A run that is under way notices it within
 * seconds. Keep the index in the data's own directory, so that both are moved, copied and restored
 * together: an older copy of the data alone is not noticed. A sink that can tell that is an {@link
 * org.etcdmirror.api.IdentifiedSink}.
 *
 * <p>For one thread at a time, as the store that it is made of.
 */
public final class StoreBeside implements IndexStore {

  private final Path data;
  private final IndexStore store;

  /** Whether the data was there when this store was used last; a sink may make it later. */
  private boolean seen;

  private StoreBeside(Path data, IndexStore store) {
    this.data = data;
    this.store = store;
  }

  /**
   * Ties a store to data.
   *
   * @param data the file or directory in which the sink keeps its data; need not exist yet
   * @param store where the index is kept, such as a {@link FileIndexStore}
   */
  public static StoreBeside of(Path data, IndexStore store) {
    return new StoreBeside(
        requireNonNull(data, "data").toAbsolutePath(), requireNonNull(store, "store"));
  }

  /** As far as the data is there. */
  @Override
  public Place place() {
    return store.place() == Place.PROCESS ? Place.PROCESS : Place.WITH_DATA;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    // Also where its answer is of no use: the store wants to be asked before it is told.
    Optional<Checkpoint> stored = store.load();
    seen = Files.exists(data);
    return seen ? stored : Optional.empty();
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    refuseMissingData();
    store.save(checkpoint);
  }

  @Override
  public void confirm() throws IOException, InterruptedException {
    refuseMissingData();
    store.confirm();
  }

  @Override
  public Duration confirmPause() {
    return store.confirmPause();
  }

  private void refuseMissingData() throws SinkRolledBackException {
    boolean there = Files.exists(data);
    if (seen && !there) {
      seen = false;
      throw new SinkRolledBackException("data of the sink no longer exists: '" + data + "'");
    }
    seen = there;
  }

  @Override
  public void close() {
    store.close();
  }
}
