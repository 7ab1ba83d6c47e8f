package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.testkit.junit.OnEachEtcd;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.Timeout;

/** A source that answers nothing is not taken for one in which nothing happens. */
@Timeout(300)
@EtcdTest
class FrozenSourceTest {

  private static final Duration SOME_POLLS = Duration.ofSeconds(3);

  @OnEachEtcd
  void sinkIsNotCalledLevelWhileSourceOfV2IsFrozen(EtcdServer etcd) throws Exception {
    new V2Http(etcd.clientUrl()).put("/conf/a", "1");
    assertNotLevelWhileFrozen(etcd, V2Source.of(etcd.clientUrl().toString()), InMemorySink.paths());
  }

  @OnEachEtcd
  void sinkIsNotCalledLevelWhileSourceOfV3IsFrozen(EtcdServer etcd) throws Exception {
    new V3Http(etcd.clientUrl()).put("/conf/a", "1");
    assertNotLevelWhileFrozen(etcd, V3Source.of(etcd.clientUrl().toString()), InMemorySink.bytes());
  }

  private static void assertNotLevelWhileFrozen(
      EtcdServer etcd, EventSource source, InMemorySink sink) throws InterruptedException {
    try (EtcdMirror mirror =
        EtcdMirror.builder().source(source).sink(sink).scope(MirrorScope.of("/conf")).build()) {
      mirror.start();
      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
      try (EtcdServer.Frozen frozen = etcd.freeze()) {
        assertThat(mirror.awaitLevel(SOME_POLLS)).isFalse();
        assertThat(mirror.status().sinceCaughtUp()).isGreaterThan(SOME_POLLS.dividedBy(2));
      }
      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
    }
  }
}
