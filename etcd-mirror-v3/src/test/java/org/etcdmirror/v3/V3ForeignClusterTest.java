package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One address leads to two clusters. */
@Timeout(300)
@EtcdTest
class V3ForeignClusterTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf/"));

  private final EtcdServer own;
  private final EtcdServer foreign;
  private FaultProxy balancer;

  V3ForeignClusterTest(EtcdServer own, EtcdServer foreign) {
    this.own = own;
    this.foreign = foreign;
  }

  @BeforeEach
  void start() {
    balancer = FaultProxy.to(own.clientUrl());
  }

  @AfterEach
  void stop() {
    balancer.close();
  }

  private V3Source source() {
    return V3Source.builder().endpoints(balancer.url().toString()).build();
  }

  @Test
  void watchThatLandsOnAForeignClusterDeliversNothing() throws Exception {
    new V3Http(own.clientUrl()).put("/conf/a", "own");
    V3Http stranger = new V3Http(foreign.clientUrl());
    for (int i = 0; i < 20; i++) {
      stranger.put("/conf/a", "foreign " + i);
    }
    try (V3Source source = source()) {
      source.head(CONF);
      balancer.redirect(foreign.clientUrl());

      assertThatThrownBy(() -> poll(source, Start.after(2)))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("is answered by cluster", "one cluster");
      assertThatThrownBy(() -> poll(source, Start.now())).isInstanceOf(IOException.class);
    }
  }

  private static void poll(V3Source source, Start start) throws Exception {
    try (EventStream stream = source.open(CONF, start)) {
      while (true) {
        assertThat(stream.poll(Duration.ofSeconds(1)).events()).isEmpty();
      }
    }
  }

  @Test
  void mirrorFindsThatTheClusterWasReplaced() throws Exception {
    new V3Http(own.clientUrl()).put("/conf/a", "own");
    List<Gap.Reason> gaps = new CopyOnWriteArrayList<>();
    MirrorListener listener =
        new MirrorListener() {
          @Override
          public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
            gaps.add(gap.reason());
          }
        };
    InMemorySink sink = InMemorySink.bytes();
    try (EtcdMirror mirror =
        EtcdMirror.builder()
            .source(source())
            .sink(sink)
            .indexStore(new InMemoryIndexStore())
            .scope(MirrorScope.of("/conf/"))
            .listener(listener)
            .build()) {
      mirror.start();
      Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> mirror.status().caughtUp());
      V3Http stranger = new V3Http(foreign.clientUrl());
      for (int i = 0; i < 20; i++) {
        stranger.put("/conf/b", "foreign " + i);
      }
      balancer.redirect(foreign.clientUrl());
      balancer.cutAll();

      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> mirror.status().caughtUp() && !gaps.isEmpty());
      assertThat(gaps).containsExactly(Gap.Reason.CLUSTER_REPLACED);
    }
  }
}
