package org.etcdmirror.v3;

import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.testkit.AtomicSinkContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

final class V3AtomicSinkContractTest extends AtomicSinkContract {

  private static final AtomicInteger TESTS = new AtomicInteger();
  private static EtcdServer etcd;

  @BeforeAll
  static void start() {
    etcd = EtcdServer.start();
  }

  @AfterAll
  static void stop() {
    etcd.close();
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
