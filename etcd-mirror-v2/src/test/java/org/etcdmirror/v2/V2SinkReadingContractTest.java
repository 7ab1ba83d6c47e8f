package org.etcdmirror.v2;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.ReadableSinkContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;

@EtcdTest
final class V2SinkReadingContractTest extends ReadableSinkContract {

  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @Override
  protected ReadableSink createSink(List<Bytes> prefixes) {
    return V2Sink.of(etcd.clientUrl().toString());
  }
}
