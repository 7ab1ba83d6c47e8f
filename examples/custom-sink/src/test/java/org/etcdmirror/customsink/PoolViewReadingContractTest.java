package org.etcdmirror.customsink;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.ReadableSinkContract;

class PoolViewReadingContractTest extends ReadableSinkContract {

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return new PoolView(prefixes.get(0).toString());
  }
}
