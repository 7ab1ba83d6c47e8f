package org.etcdmirror.v2;

import java.util.List;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.testkit.IndexStoreContract;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

@EtcdTest
final class V2IndexStoreContractTest extends IndexStoreContract {

  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  @BeforeEach
  void forget() {
    new V2Http(etcd.clientUrl()).delete("/__replication", "recursive=true");
  }

  @Override
  protected IndexStore openStore(int place) {
    return V2IndexStore.open(List.of(etcd.clientUrl().toString()), "/place" + place + "/below");
  }
}
