package org.etcdmirror.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EtcdClusterTest {

  @Test
  void clusterSurvivesLossOfEachMemberAndTakesItBack() throws IOException {
    try (EtcdCluster cluster = EtcdCluster.start()) {
      assertThat(cluster.size()).isEqualTo(3);
      assertThat(cluster.clientUrls()).hasSize(3).doesNotHaveDuplicates();
      for (int lost = 0; lost < 3; lost++) {
        EtcdServer other = cluster.member((lost + 1) % 3);
        cluster.member(lost).kill();
        other.awaitReady();
        assertThat(put(other, "/v2/keys/" + lost)).isEqualTo(201);
        cluster.member(lost).restart();
        assertThat(get(cluster.member(lost), "/v2/keys/" + lost + "?quorum=true")).isEqualTo(200);
      }
    }
  }

  @Test
  void wipeOfSingleMemberIsRefused() {
    try (EtcdCluster cluster = EtcdCluster.start()) {
      assertThatThrownBy(cluster.member(1)::wipe).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void clusterKeepsDataAfterKillAndLosesItWhenWiped() throws IOException {
    try (EtcdCluster cluster = EtcdCluster.start()) {
      assertThat(put(cluster.member(0), "/v2/keys/a")).isEqualTo(201);

      cluster.kill();
      cluster.restart();
      assertThat(get(cluster.member(1), "/v2/keys/a?quorum=true")).isEqualTo(200);

      cluster.wipe();
      assertThat(get(cluster.member(1), "/v2/keys/a?quorum=true")).isEqualTo(404);
    }
  }

  private static int put(EtcdServer server, String path) throws IOException {
    return request("PUT", server, path, "value=1");
  }

  private static int get(EtcdServer server, String path) throws IOException {
    return request("GET", server, path, null);
  }

  private static int request(String method, EtcdServer server, String path, @Nullable String form)
      throws IOException {
    URI uri = server.clientUrl().resolve(path);
    // This is longer than etcd takes to elect another leader.
    Duration patience = Duration.ofSeconds(10);
    return Http.request(method, uri, form, "application/x-www-form-urlencoded", patience).status();
  }
}
