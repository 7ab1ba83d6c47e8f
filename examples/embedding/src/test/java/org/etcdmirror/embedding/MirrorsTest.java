package org.etcdmirror.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class MirrorsTest {

  @Test
  void secondMirrorContinuesWhereTheFirstEnded() throws InterruptedException {
    try (EtcdServer from = EtcdServer.start();
        EtcdServer to = EtcdServer.start()) {
      V2Http source = new V2Http(from.clientUrl());
      V2Http sink = new V2Http(to.clientUrl());
      source.put("/conftool/pool", "up");
      try (EtcdMirror mirror = Mirrors.v2ToV2(url(from), url(to))) {
        mirror.start();
        assertThat(mirror.await(source.index(), PATIENCE)).isTrue();
        assertThat(sink.tree("/conftool")).isEqualTo(source.tree("/conftool"));
      }
      source.put("/conftool/pool", "down");
      try (EtcdMirror mirror = Mirrors.v2ToV2(url(from), url(to))) {
        mirror.start();
        assertThat(mirror.await(source.index(), PATIENCE)).isTrue();
        assertThat(sink.tree("/conftool")).containsEntry("/conftool/pool", "down");
        assertThat(mirror.status().counters().resyncs()).isZero();
      }
    }
  }

  @Test
  void v3IsMirroredToV3() throws InterruptedException {
    try (EtcdServer from = EtcdServer.start();
        EtcdServer to = EtcdServer.start();
        EtcdMirror mirror = Mirrors.v3ToV3(url(from), url(to))) {
      mirror.start();
      long revision = new V3Http(from.clientUrl()).put("/app/color", "blue");
      assertThat(Mirrors.isThere(mirror, revision)).isTrue();
      assertThat(new V3Http(to.clientUrl()).values("/app/"))
          .containsEntry(Bytes.utf8("/app/color"), Bytes.utf8("blue"));
    }
  }

  @Test
  void v2IsMirroredToV3UnderANewNameWithoutItsLocks() throws InterruptedException {
    try (EtcdServer from = EtcdServer.start();
        EtcdServer to = EtcdServer.start();
        EtcdMirror mirror = Mirrors.v2ToV3(url(from), url(to))) {
      V2Http source = new V2Http(from.clientUrl());
      source.put("/conf/locks/a", "mine");
      source.put("/conf/color", "blue");
      mirror.start();
      assertThat(Mirrors.isThere(mirror, source.index())).isTrue();
      assertThat(new V3Http(to.clientUrl()).values("/new/"))
          .containsOnlyKeys(Bytes.utf8("/new/conf/color"));
    }
  }

  private static String url(EtcdServer server) {
    return server.clientUrl().toString();
  }
}
