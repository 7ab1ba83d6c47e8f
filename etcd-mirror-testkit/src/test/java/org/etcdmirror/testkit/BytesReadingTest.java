package org.etcdmirror.testkit;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.ReadableSink;

class BytesReadingTest extends ReadableSinkContract {

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return new ReferenceSink(KeyModel.BYTES);
  }
}
