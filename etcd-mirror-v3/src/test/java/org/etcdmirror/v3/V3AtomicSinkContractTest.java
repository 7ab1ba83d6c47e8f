package org.etcdmirror.v3;

import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.testkit.AtomicSinkContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;

@EtcdTest
final class V3AtomicSinkContractTest extends AtomicSinkContract {

  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @Override
  protected AtomicSink openSink() {
    return V3Sink.builder().endpoints(etcd.clientUrl().toString()).build();
  }
}
