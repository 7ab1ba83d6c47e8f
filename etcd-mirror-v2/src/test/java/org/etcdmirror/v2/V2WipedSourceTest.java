package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.api.Anchor.Check.BROKEN;
import static org.etcdmirror.api.Anchor.Check.HOLDS;
import static org.etcdmirror.api.Anchor.Check.UNKNOWN;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Selection;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An anchor detects that the data directory of a cluster was deleted although its id is the same.
 */
@Timeout(600)
class V2WipedSourceTest {

  private static final String KEY = "/conf/key";

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static V2Source source(EtcdServer etcd) {
    return V2Source.builder().endpoints(etcd.clientUrl().toString()).build();
  }

  /** Retries as a mirror does: the first request after a restart may use a dead connection. */
  private static Anchor.Check check(V2Source source, Anchor anchor) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        return source.check(anchor);
      } catch (IOException e) {
        if (attempt == 5) {
          throw e;
        }
      }
    }
  }

  /** Writes until the index is above {@code index}. */
  private static void outgrow(V2Http http, long index) {
    while (http.put("/conf/filler", "x").etcdIndex() <= index) {
      // Once more.
    }
  }

  private static Anchor anchor(V2Http http) {
    for (int i = 0; i < 20; i++) {
      http.put("/conf/old", "" + i);
    }
    long version = http.put(KEY, "1").modifiedIndex();
    return new Anchor(Bytes.utf8(KEY), version, http.put("/conf/old", "last").etcdIndex());
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void anchorHoldsAfterRestartWithSameData(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        V2Source source = source(etcd)) {
      V2Http http = new V2Http(etcd.clientUrl());
      Anchor anchor = anchor(http);
      etcd.restart();
      assertThat(check(source, anchor)).isEqualTo(HOLDS);
      http.delete(KEY, "");
      etcd.kill();
      etcd.restart();
      assertThat(check(source, anchor)).as("by the history before the restart").isEqualTo(HOLDS);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void anchorIsBrokenAfterWipeEvenWhenIndexOutgrewIt(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        V2Source source = source(etcd)) {
      V2Http http = new V2Http(etcd.clientUrl());
      Anchor anchor = anchor(http);
      String clusterId = source.head(Selection.of(Bytes.utf8("/conf"))).clusterId();
      assertThat(check(source, anchor)).isEqualTo(HOLDS);

      etcd.wipeKeepingClusterId();
      assertThat(check(source, anchor)).as("empty").isEqualTo(BROKEN);
      outgrow(http, anchor.at());
      assertThat(source.head(Selection.of(Bytes.utf8("/conf"))).clusterId()).isEqualTo(clusterId);
      assertThat(check(source, anchor)).as("grown, without the key").isEqualTo(BROKEN);
      http.put(KEY, "1");
      assertThat(check(source, anchor)).as("grown, with the key").isEqualTo(BROKEN);
      http.put(KEY, "2");
      http.delete("/conf", "recursive=true");
      assertThat(check(source, anchor)).as("the key was put and deleted").isEqualTo(BROKEN);
    }
  }

  @Test
  void anchorIsBrokenAfterWipeWithoutHistoryWhenKeyIsOlder() throws Exception {
    try (EtcdServer etcd = EtcdServer.start();
        V2Source source = source(etcd)) {
      V2Http http = new V2Http(etcd.clientUrl());
      Anchor anchor = anchor(http);
      etcd.wipeKeepingClusterId();
      http.put(KEY, "1");
      outgrow(http, anchor.at() + 1100);
      assertThat(check(source, anchor)).isEqualTo(BROKEN);
    }
  }

  @Test
  void anchorIsUnknownOnOtherCluster() throws Exception {
    try (EtcdServer etcd = EtcdServer.start();
        V2Source source = source(etcd)) {
      V2Http http = new V2Http(etcd.clientUrl());
      Anchor anchor = anchor(http);
      source.head(Selection.of(Bytes.utf8("/conf")));
      etcd.wipe();
      assertThat(check(source, anchor)).isEqualTo(UNKNOWN);
    }
  }

  @Test
  @Tag("long")
  void everyClusterMemberGivesSameAnchorResult() throws Exception {
    try (EtcdCluster cluster = EtcdServer.builder().startCluster(3)) {
      V2Http http = new V2Http(cluster.member(0).clientUrl());
      Anchor anchor = anchor(http);
      http.delete(KEY, "");
      int follower = V2Members.follower(cluster);
      cluster.member(follower).kill();
      List<String> urls = cluster.clientUrls().stream().map(Object::toString).toList();
      try (V2Source source = V2Source.builder().endpoints(urls).build()) {
        assertThat(check(source, anchor)).as("one is down").isEqualTo(HOLDS);
      }
      cluster.member(follower).restart();
      for (String url : urls) {
        try (V2Source source = V2Source.builder().endpoints(url).build()) {
          assertThat(check(source, anchor)).as(url).isEqualTo(HOLDS);
          assertThat(check(source, new Anchor(anchor.key(), anchor.version() - 1, anchor.at())))
              .as(url)
              .isEqualTo(BROKEN);
        }
      }
    }
  }
}
