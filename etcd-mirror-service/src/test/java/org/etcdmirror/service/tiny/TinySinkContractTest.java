package org.etcdmirror.service.tiny;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.PathSinkContract;

class TinySinkContractTest extends PathSinkContract {

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return new TinyProvider()
        .createSink(new SinkSettings(new MirrorAddress("tiny", "sink"), Access.ANONYMOUS, null));
  }
}
