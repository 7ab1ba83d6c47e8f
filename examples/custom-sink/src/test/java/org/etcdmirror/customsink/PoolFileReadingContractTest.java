package org.etcdmirror.customsink;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.ReadableSinkContract;
import org.junit.jupiter.api.io.TempDir;

class PoolFileReadingContractTest extends ReadableSinkContract {

  private final Path directory;

  PoolFileReadingContractTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return new PoolFile(directory.resolve("pools.json"), prefixes.get(0).toString());
  }
}
