package org.etcdmirror.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class LiveCacheTest {

  @Test
  void changesAndDeletesArrive() throws InterruptedException {
    try (EtcdServer etcd = EtcdServer.start();
        LiveCache cache = new LiveCache(etcd.clientUrl().toString(), "/conftool")) {
      V2Http http = new V2Http(etcd.clientUrl());

      assertThat(cache.await(http.put("/conftool/a", "1").modifiedIndex(), PATIENCE)).isTrue();
      assertThat(cache.get("/conftool/a")).contains("1");

      assertThat(cache.await(http.put("/conftool/a", "2").modifiedIndex(), PATIENCE)).isTrue();
      assertThat(cache.get("/conftool/a")).contains("2");

      long gone = http.delete("/conftool/a", "").modifiedIndex();
      assertThat(cache.await(gone, PATIENCE)).isTrue();
      assertThat(cache.get("/conftool/a")).isEmpty();
    }
  }
}
