package org.etcdmirror.v3;

import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.Fencing;
import org.etcdmirror.testkit.LateWritesContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

@EtcdTest
final class V3SinkLateWritesContractTest extends LateWritesContract {

  private static EtcdServer etcd;
  private LateProxy proxy;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @BeforeEach
  void openProxy() {
    proxy = new LateProxy(etcd.clientUrl());
  }

  @AfterEach
  void closeProxy() {
    proxy.close();
  }

  @Override
  protected ReadableSink openSink() {
    return V3Sink.builder().endpoints(proxy.url()).build();
  }

  @Override
  protected Fencing fencing() {
    return Fencing.EACH_WRITE;
  }

  @Override
  protected void holdWrites(boolean on) {
    proxy.rule(
        method -> on && method.equals(LateProxy.TXN) ? LateProxy.Fate.LATE : LateProxy.Fate.PASSED);
  }

  @Override
  protected int executeHeldWrites() throws InterruptedException {
    return proxy.release();
  }
}
