package org.etcdmirror.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class TwoClustersTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void theSecondMirrorGoesOnWhereTheFirstEnded() throws InterruptedException {
    try (EtcdServer from = EtcdServer.start();
        EtcdServer to = EtcdServer.start()) {
      V2Http source = new V2Http(from.clientUrl());
      V2Http sink = new V2Http(to.clientUrl());
      source.put("/conftool/pool", "up");
      try (EtcdMirror mirror = mirror(from, to)) {
        mirror.start();
        assertThat(mirror.await(source.index(), PATIENCE)).isTrue();
        assertThat(sink.tree("/conftool")).isEqualTo(source.tree("/conftool"));
      }
      source.put("/conftool/pool", "down");
      try (EtcdMirror mirror = mirror(from, to)) {
        mirror.start();
        assertThat(mirror.await(source.index(), PATIENCE)).isTrue();
        assertThat(sink.tree("/conftool")).containsEntry("/conftool/pool", "down");
        assertThat(mirror.status().counters().resyncs()).isZero();
      }
    }
  }

  private static EtcdMirror mirror(EtcdServer from, EtcdServer to) {
    return TwoClusters.conftool(from.clientUrl().toString(), to.clientUrl().toString());
  }
}
