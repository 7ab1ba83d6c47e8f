package org.etcdmirror.junit;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;

@EtcdTest(v2 = false)
class ServersExampleTest {

  @Test
  void ordersSurviveARestart(EtcdServer etcd) {
    V3Http client = new V3Http(etcd.clientUrl());
    client.put("/orders/1", "one");
    etcd.restart();
    assertThat(client.values("/orders/")).hasSize(1);
  }
}
