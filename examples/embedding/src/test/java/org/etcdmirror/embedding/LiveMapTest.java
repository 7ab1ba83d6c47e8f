package org.etcdmirror.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.live.Decoder;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v2.V2Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class LiveMapTest {

  @Test
  void changesAndDeletesOfV2Arrive() throws InterruptedException {
    try (EtcdServer etcd = EtcdServer.start();
        LiveMap<String> map =
            LiveMap.builder(V2Source.of(etcd.clientUrl().toString()), Decoder.utf8())
                .prefix("/conftool")
                .start()) {
      V2Http http = new V2Http(etcd.clientUrl());

      assertThat(map.await(http.put("/conftool/a", "1").modifiedIndex(), PATIENCE)).isTrue();
      assertThat(map.get("/conftool/a")).contains("1");

      assertThat(map.await(http.put("/conftool/a", "2").modifiedIndex(), PATIENCE)).isTrue();
      assertThat(map.get("/conftool/a")).contains("2");

      long gone = http.delete("/conftool/a", "").modifiedIndex();
      assertThat(map.await(gone, PATIENCE)).isTrue();
      assertThat(map.get("/conftool/a")).isEmpty();
    }
  }

  @Test
  void limitsOfV3AreDecodedAndChangesAreTold() throws InterruptedException {
    Queue<String> told = new ConcurrentLinkedQueue<>();
    try (EtcdServer etcd = EtcdServer.start();
        LiveMap<Integer> limits = LiveMaps.limits(etcd.clientUrl().toString(), told::add)) {
      V3Http http = new V3Http(etcd.clientUrl());
      http.put("/limits/api", "100");
      long revision = http.put("/limits/web", "many");
      assertThat(limits.await(revision, PATIENCE)).isTrue();
      assertThat(LiveMaps.limit(limits, "api")).isEqualTo(100);
      assertThat(LiveMaps.limit(limits, "web")).isEqualTo(10);
      assertThat(limits.view().get("/limits/web")).isEqualTo(Optional.empty());
      assertThat(limits.view().undecodable()).containsOnlyKeys(Bytes.utf8("/limits/web"));
    }
  }
}
