package org.etcdmirror.v3;

import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.testkit.IndexStoreContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

@EtcdTest
final class V3SinkIndexStoreContractTest extends IndexStoreContract {

  private static final AtomicInteger TESTS = new AtomicInteger();
  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @BeforeEach
  void takeFreshPlaces() {
    TESTS.incrementAndGet();
  }

  @Override
  protected IndexStore openStore(int place) {
    return V3Sink.builder()
        .endpoints(etcd.clientUrl().toString())
        .build()
        .indexStore("test" + TESTS.get() + "/place" + place);
  }
}
