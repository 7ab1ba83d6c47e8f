package org.etcdmirror.customsink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.customsink.Batches.ROOT;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.v2.V2Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A view that is embedded in a program. */
@Timeout(600)
class EmbeddedViewTest {

  private static final String NGINX = ROOT + "/eqiad/appserver/nginx/";

  @Test
  void viewFollowsARealEtcdAndVerifiesAsEqual() throws Exception {
    PoolView view = new PoolView(ROOT);
    try (EtcdServer etcd = EtcdServer.start();
        EtcdMirror mirror =
            EtcdMirror.builder()
                .source(V2Source.builder().endpoints(etcd.clientUrl().toString()).build())
                .sink(view)
                .scope(MirrorScope.of("/conftool"))
                .build()) {
      V2Http source = new V2Http(etcd.clientUrl());
      source.put(NGINX + "mw1", "{\"weight\": 10, \"pooled\": \"yes\"}");
      source.put(NGINX + "mw2", "{\"weight\": 20, \"pooled\": \"yes\"}");
      assertThat(mirror.plan().writes()).isEqualTo(2);
      mirror.start();
      long index = source.put(NGINX + "mw2", "broken").modifiedIndex();
      assertThat(mirror.await(index, PATIENCE)).isTrue();

      Pool nginx = view.pools().pool("eqiad", "appserver", "nginx");
      assertThat(nginx.weights()).isEqualTo(Map.of("mw1", 10));
      assertThat(nginx.unreadable()).containsOnlyKeys("mw2");
      assertThat(mirror.verify()).matches(VerifyReport::isEqual);
      assertThat(mirror.plan()).matches(ResyncPlan::isEmpty);
    }
  }
}
