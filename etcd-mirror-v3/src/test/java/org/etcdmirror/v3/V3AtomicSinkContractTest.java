package org.etcdmirror.v3;

import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.testkit.AtomicSinkContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

@EtcdTest
final class V3AtomicSinkContractTest extends AtomicSinkContract {

  private static final AtomicInteger TESTS = new AtomicInteger();
  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @BeforeEach
  void takeAFreshLink() {
    TESTS.incrementAndGet();
  }

  @Override
  protected AtomicSink openSink() {
    return V3Sink.builder()
        .endpoints(etcd.clientUrl().toString())
        .build()
        .indexStore("atomic" + TESTS.get());
  }
}
