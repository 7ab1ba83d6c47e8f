package org.etcdmirror.customsink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.store.FileIndexStore;
import org.etcdmirror.core.store.StoreBeside;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a JSON file of all pools, for programs that read files. A reader finds the file as it was
 * before a batch or as it is after it, and never half of it.
 */
public final class PoolFile implements ReadableSink {

  private final Path file;
  private final String root;
  private @Nullable Pools pools;

  /** A sink in this file, which need not exist; its directory must. */
  public PoolFile(Path file, String root) {
    this.file = file.toAbsolutePath();
    this.root = root;
  }

  /** Beside the file and valid only with it: a new file would lack all earlier changes. */
  @Override
  public IndexStore indexStore(String link) {
    Path index = file.resolveSibling(file.getFileName() + ".index");
    return StoreBeside.of(file, FileIndexStore.at(index));
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  /** Changes the pools only after the file is written: a snapshot shows what the file has. */
  @Override
  public synchronized void apply(EventBatch batch) throws IOException {
    Pools next = pools().after(batch);
    DurableFile.replace(file, PoolFileText.format(next));
    pools = next;
  }

  /** Reads the file itself, because it may have been removed. */
  @Override
  public synchronized Snapshot snapshot(Selection selection) throws IOException {
    if (Files.notExists(file)) {
      pools = null;
    }
    return pools().snapshot(selection);
  }

  private Pools pools() throws IOException {
    Pools known = pools;
    if (known == null) {
      byte[] text = DurableFile.read(file);
      known = text == null ? Pools.none(root) : PoolFileText.parse(file, root, text);
      pools = known;
    }
    return known;
  }

  @Override
  public void close() {}
}
