package org.etcdmirror.file;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.testkit.ReadableSinkContract;
import org.junit.jupiter.api.io.TempDir;

class FileSinkReadingContractTest extends ReadableSinkContract {

  @TempDir private Path directory;

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return new FileSink(new NioDisk(directory), KeyModel.BYTES, Retention.DEFAULT, 5_000);
  }
}
