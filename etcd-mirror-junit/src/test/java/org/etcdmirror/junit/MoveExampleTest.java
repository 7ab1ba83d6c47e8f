package org.etcdmirror.junit;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Test;

@MirroredEtcd(source = EtcdApi.V2, sink = EtcdApi.V3, prefix = "/orders")
class MoveExampleTest {

  @Test
  void noOrderIsLost(MirroredPair etcd) throws Exception {
    new V2Http(etcd.writer().url()).put("/orders/1", "one");
    etcd.verifyEqual();
    etcd.cutOver();
    V3Http moved = new V3Http(etcd.writer().url());
    moved.put("/orders/2", "two");
    assertThat(moved.values("/orders/")).hasSize(2);
    etcd.cutOver(); // back
  }
}
