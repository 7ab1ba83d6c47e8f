package org.etcdmirror.file;

import java.nio.file.Path;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.testkit.IndexStoreContract;
import org.junit.jupiter.api.io.TempDir;

class FileSinkIndexStoreContractTest extends IndexStoreContract {

  @TempDir private Path directory;

  @Override
  protected IndexStore openStore(int place) {
    return new FileSink(
            new NioDisk(directory.resolve("dump-" + place)),
            KeyModel.BYTES,
            Retention.DEFAULT,
            1_000)
        .indexStore("link");
  }
}
