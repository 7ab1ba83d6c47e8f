package org.etcdmirror.core.store;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.ReadableSinkContract;

class InMemorySinkReadingTest extends ReadableSinkContract {

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return InMemorySink.bytes();
  }
}
