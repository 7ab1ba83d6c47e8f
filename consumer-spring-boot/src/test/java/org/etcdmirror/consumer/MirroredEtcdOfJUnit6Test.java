package org.etcdmirror.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.etcdmirror.junit.EtcdApi;
import org.etcdmirror.junit.MirroredEtcd;
import org.etcdmirror.junit.MirroredPair;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Test;

/** The JUnit extension as an application's own test suite uses it, on JUnit 6. */
@MirroredEtcd(source = EtcdApi.V2, sink = EtcdApi.V3, prefix = "/app")
class MirroredEtcdOfJUnit6Test {

  @Test
  void runsOnJUnit6() {
    assertThat(Test.class.getPackage().getImplementationVersion()).startsWith("6.");
  }

  @Test
  void anApplicationMovesToV3AndBack(MirroredPair etcd) throws Exception {
    new V2Http(etcd.writer().url()).put("/app/a", "1");
    etcd.verifyEqual();
    etcd.cutOver();
    new V3Http(etcd.writer().url()).put("/app/b", "2");
    etcd.awaitLevel();
    etcd.cutOver();
    assertThat(new V2Http(etcd.writer().url()).tree("/app"))
        .isEqualTo(Map.of("/app/a", "1", "/app/b", "2"));
  }
}
