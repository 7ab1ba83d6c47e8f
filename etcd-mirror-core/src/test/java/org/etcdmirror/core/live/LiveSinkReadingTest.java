package org.etcdmirror.core.live;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.ReadableSinkContract;

class LiveSinkReadingTest extends ReadableSinkContract {

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return LiveSinkTest.sink();
  }
}
