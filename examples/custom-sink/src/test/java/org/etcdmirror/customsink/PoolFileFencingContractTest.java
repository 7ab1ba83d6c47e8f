package org.etcdmirror.customsink;

import java.nio.file.Path;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.Fencing;
import org.etcdmirror.testkit.FencingContract;
import org.junit.jupiter.api.io.TempDir;

class PoolFileFencingContractTest extends FencingContract {

  private final Path file;

  PoolFileFencingContractTest(@TempDir Path directory) {
    this.file = directory.resolve("pools.json");
  }

  @Override
  protected ReadableSink openSink() {
    return new PoolFile(file, "");
  }

  @Override
  protected Fencing fencing() {
    return Fencing.CHECKPOINT_ONLY;
  }
}
