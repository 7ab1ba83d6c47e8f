package org.etcdmirror.customsink;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.testkit.EventSinkContract;
import org.junit.jupiter.api.io.TempDir;

class PoolFileContractTest extends EventSinkContract {

  private final Path directory;

  PoolFileContractTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return new PoolFile(directory.resolve("pools.json"), prefixes.get(0).toString());
  }
}
