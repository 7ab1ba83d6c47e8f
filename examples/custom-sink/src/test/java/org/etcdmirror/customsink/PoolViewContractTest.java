package org.etcdmirror.customsink;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.testkit.EventSinkContract;

class PoolViewContractTest extends EventSinkContract {

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return new PoolView(prefixes.get(0).toString());
  }
}
