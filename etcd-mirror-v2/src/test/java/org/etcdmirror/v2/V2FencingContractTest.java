package org.etcdmirror.v2;

import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.Fencing;
import org.etcdmirror.testkit.FencingContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;

@EtcdTest
final class V2FencingContractTest extends FencingContract {

  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @Override
  protected ReadableSink openSink() {
    return V2Sink.of(etcd.clientUrl().toString());
  }

  @Override
  protected Fencing fencing() {
    return Fencing.CHECKPOINT_ONLY;
  }
}
