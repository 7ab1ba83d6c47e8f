package org.etcdmirror.core.store;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.testkit.PathSinkContract;

class InMemoryPathSinkTest extends PathSinkContract {

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return InMemorySink.paths();
  }
}
