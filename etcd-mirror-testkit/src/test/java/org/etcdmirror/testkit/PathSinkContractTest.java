package org.etcdmirror.testkit;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;

class PathSinkContractTest extends PathSinkContract {

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return new ReferenceSink(KeyModel.PATHS);
  }
}
