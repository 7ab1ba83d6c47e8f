package org.etcdmirror.file;

import java.nio.file.Path;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.testkit.AtomicSinkContract;
import org.junit.jupiter.api.io.TempDir;

class FileAtomicSinkWithSnapshotsContractTest extends AtomicSinkContract {

  @TempDir private Path directory;

  @Override
  protected AtomicSink openSink() {
    return new FileSink(new NioDisk(directory), KeyModel.BYTES, Retention.DEFAULT, 1);
  }
}
