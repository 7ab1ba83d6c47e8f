package org.etcdmirror.v2;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.testkit.PathSinkContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class V2SinkContractTest extends PathSinkContract {

  private static EtcdServer etcd;

  @BeforeAll
  static void start() {
    etcd = EtcdServer.start();
  }

  @AfterAll
  static void stop() {
    etcd.close();
  }

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return V2Sink.of(etcd.clientUrl().toString());
  }
}
