package org.etcdmirror.customsink;

import java.io.IOException;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;

/**
 * The index of an audit. Nothing that was written down is missing where the file was moved away, so
 * nothing has to tie the index to the file: it may be believed as if it were in it.
 */
final class AuditIndex implements IndexStore {

  private final IndexStore store;

  AuditIndex(IndexStore store) {
    this.store = store;
  }

  @Override
  public Place place() {
    return Place.WITH_DATA;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    return store.load();
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    store.save(checkpoint);
  }

  @Override
  public void confirm() throws IOException, InterruptedException {
    store.confirm();
  }

  @Override
  public void close() {
    store.close();
  }
}
