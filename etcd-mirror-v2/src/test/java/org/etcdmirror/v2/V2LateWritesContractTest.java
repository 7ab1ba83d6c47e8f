package org.etcdmirror.v2;

import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.Fencing;
import org.etcdmirror.testkit.LateWritesContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.LateHttpProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

@EtcdTest
final class V2LateWritesContractTest extends LateWritesContract {

  private static EtcdServer etcd;
  private LateHttpProxy proxy;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @BeforeEach
  void openProxy() {
    proxy = LateHttpProxy.to(etcd.clientUrl());
  }

  @AfterEach
  void closeProxy() {
    proxy.close();
  }

  @Override
  protected ReadableSink openSink() {
    return V2Sink.of(proxy.url().toString());
  }

  @Override
  protected Fencing fencing() {
    return Fencing.CHECKPOINT_ONLY;
  }

  @Override
  protected void holdWrites(boolean on) {
    proxy.holdWrites(on);
  }

  @Override
  protected int executeHeldWrites() throws Exception {
    return proxy.executeHeldWrites();
  }
}
