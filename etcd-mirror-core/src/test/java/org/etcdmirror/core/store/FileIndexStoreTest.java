package org.etcdmirror.core.store;

import java.nio.file.Path;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.testkit.IndexStoreContract;
import org.junit.jupiter.api.io.TempDir;

class FileIndexStoreTest extends IndexStoreContract {

  private final Path directory;

  FileIndexStoreTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Override
  protected IndexStore openStore(int place) {
    return FileIndexStore.at(directory.resolve("checkpoint-" + place));
  }
}
