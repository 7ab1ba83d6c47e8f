package org.etcdmirror.v3;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.testkit.EventSinkContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;

@EtcdTest
final class V3SinkContractTest extends EventSinkContract {

  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return V3Sink.builder().endpoints(etcd.clientUrl().toString()).build();
  }
}
