package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.net.URI;
import java.util.stream.Collectors;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mirror follows a source of three members that fail and return. */
@Tag("long")
@Timeout(600)
class ClusterTest {

  @Test
  void lossOfFollowedMemberNeedsNoResync() throws Exception {
    try (EtcdCluster cluster = EtcdServer.builder().startCluster(3);
        Mirroring pair = Mirroring.between(EtcdServer.start(), EtcdServer.start())) {
      String urls =
          cluster.clientUrls().stream().map(URI::toString).collect(Collectors.joining(","));
      V2Http survivor = new V2Http(cluster.member(2).clientUrl());
      survivor.put("/conf/a", "1");
      try (EtcdMirror mirror = pair.mirror(urls, builder -> builder)) {
        mirror.start();
        for (int lost = 0; lost < 2; lost++) {
          cluster.member(lost).kill();
          Mirroring.eventually(
              "a leader is there",
              () -> assertThat(survivor.put("/conf/b", "x").status()).isLessThan(300));
          for (int i = 0; i < 100; i++) {
            survivor.put("/conf/" + i, "v" + i);
          }
          assertThat(mirror.await(survivor.index(), PATIENCE))
              .as(mirror.status().toString())
              .isTrue();
          cluster.member(lost).restart();
        }
        MirrorStatus status = mirror.status();
        assertThat(pair.sink.tree("/conf")).isEqualTo(survivor.tree("/conf"));
        assertThat(status.counters().resyncs()).isEqualTo(1);
      }
    }
  }

  @Test
  void changesThatMemberSkipsBySnapshotAreNotLost() throws Exception {
    try (EtcdCluster cluster =
            EtcdServer.builder().extraFlags("--snapshot-count=100").startCluster(3);
        Mirroring pair = Mirroring.between(EtcdServer.start(), EtcdServer.start())) {
      int behind = V2Members.follower(cluster);
      V2Http others = new V2Http(cluster.member((behind + 1) % 3).clientUrl());
      others.put("/conf/a", "1");
      String url = cluster.member(behind).clientUrl().toString();
      try (EtcdMirror mirror = pair.mirror(url, builder -> builder)) {
        mirror.start();
        assertThat(mirror.await(others.index(), PATIENCE)).isTrue();
        cluster.member(behind).suspend();
        URI ahead = cluster.member((behind + 1) % 3).clientUrl();
        PipelinedWriter.storm(ahead, "/other", 32, 100);
        others.put("/conf/skipped", "2");
        PipelinedWriter.storm(ahead, "/other", 32, 125);
        cluster.member(behind).resume();
        assertThat(mirror.await(others.index(), PATIENCE)).isTrue();
        assertThat(pair.sink.tree("/conf")).isEqualTo(others.tree("/conf"));
      }
    }
  }

  @Test
  void mirrorContinuesWhenItsMemberRegainsQuorum() throws Exception {
    try (EtcdCluster cluster = EtcdServer.builder().startCluster(3);
        Mirroring pair = Mirroring.between(EtcdServer.start(), EtcdServer.start())) {
      V2Http http = new V2Http(cluster.member(0).clientUrl());
      http.put("/conf/a", "1");
      try (EtcdMirror mirror =
          pair.mirror(cluster.member(0).clientUrl().toString(), builder -> builder)) {
        mirror.start();
        assertThat(mirror.await(http.index(), PATIENCE)).isTrue();
        cluster.member(1).kill();
        cluster.member(2).kill();
        long alone = mirror.status().index();
        cluster.member(1).restart();
        cluster.member(2).restart();
        Mirroring.eventually(
            "a leader is there",
            () -> assertThat(http.put("/conf/b", "2").status()).isLessThan(300));
        assertThat(mirror.await(http.index(), PATIENCE)).isTrue();
        assertThat(mirror.status().index()).isGreaterThan(alone);
        assertThat(pair.sink.tree("/conf")).isEqualTo(http.tree("/conf"));
      }
    }
  }
}
