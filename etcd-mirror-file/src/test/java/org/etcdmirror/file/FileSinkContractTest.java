package org.etcdmirror.file;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.testkit.EventSinkContract;
import org.junit.jupiter.api.io.TempDir;

class FileSinkContractTest extends EventSinkContract {

  @TempDir private Path directory;

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return new FileSink(new NioDisk(directory), KeyModel.BYTES, Retention.DEFAULT, 5_000);
  }
}
