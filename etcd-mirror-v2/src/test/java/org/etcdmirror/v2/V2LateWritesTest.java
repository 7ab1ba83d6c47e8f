package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.EtcdCluster;
import org.etcdmirror.testkit.EtcdServer;
import org.etcdmirror.testkit.V2Http;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A frozen member of the sink carries out, when it thaws, what was written long ago. */
@Timeout(600)
class V2LateWritesTest {

  private static final int HEALTHY = 0;
  private static final int FROZEN = 1;

  private EtcdServer etcd;
  private EtcdCluster cluster;
  private V2Http source;
  private V2Http sink;

  @BeforeEach
  void start() {
    etcd = EtcdServer.start();
    cluster = EtcdCluster.start();
    source = new V2Http(etcd.clientUrl());
    sink = new V2Http(cluster.member(HEALTHY).clientUrl());
    for (int i = 0; i < 30; i++) {
      source.put("/e/d/k" + i, "1");
    }
    source.put("/e/value", "1");
    source.put("/e/deleted", "1");
  }

  @AfterEach
  void stop() {
    cluster.member(FROZEN).resume();
    cluster.close();
    etcd.close();
  }

  private String url(int member) {
    return cluster.member(member).clientUrl().toString();
  }

  /** A mirror that writes to these members, the first of them first. */
  private EtcdMirror mirror(Duration closeTimeout, int... members) {
    List<String> to = Arrays.stream(members).mapToObj(this::url).toList();
    return EtcdMirror.builder()
        .source(V2Source.builder().endpoints(etcd.clientUrl().toString()).build())
        .sink(
            V2Sink.builder()
                .endpoints(to)
                .prefixes(List.of(Bytes.utf8("/e")))
                .lateEffects(Duration.ofSeconds(2))
                .build())
        .indexStore(V2IndexStore.open(List.of(url(HEALTHY)), "/e"))
        .scope(MirrorScope.of("/e"))
        .closeTimeout(closeTimeout)
        .build();
  }

  private EtcdMirror level(EtcdMirror mirror) throws InterruptedException {
    assertThat(mirror.await(source.index(), Mirroring.PATIENCE)).as("level").isTrue();
    return mirror;
  }

  private void change(String value) {
    source.delete("/e/d", "recursive=true");
    source.put("/e/value", value);
    source.delete("/e/deleted", "");
  }

  private void changeAgain(String value) {
    for (int i = 0; i < 30; i++) {
      source.put("/e/d/k" + i, value);
    }
    source.put("/e/value", value);
    source.put("/e/deleted", value);
  }

  private void assertEndsEqual(EtcdMirror mirror) throws Exception {
    Mirroring.eventually(
        "cleared", () -> assertThat(mirror.status().suspects()).as("suspects").isNull());
    assertThat(sink.tree("/e")).isEqualTo(source.tree("/e"));
    assertThat(mirror.verify().isEqual()).isTrue();
  }

  @Test
  void whatItCarriesOutLateIsMended() throws Exception {
    try (EtcdMirror mirror = mirror(Duration.ofSeconds(30), FROZEN, HEALTHY)) {
      mirror.start();
      level(mirror);
      cluster.member(FROZEN).suspend();
      change("2");
      level(mirror);
      changeAgain("3");
      level(mirror);
      assertThat(mirror.status().suspects()).isNotNull();
      assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
      cluster.member(FROZEN).resume();
      assertEndsEqual(mirror);
    }
  }

  @Test
  void soItIsAfterARestart() throws Exception {
    try (EtcdMirror mirror = mirror(Duration.ofSeconds(30), FROZEN, HEALTHY)) {
      mirror.start();
      level(mirror);
      cluster.member(FROZEN).suspend();
      change("2");
      level(mirror);
    }
    changeAgain("3");
    try (EtcdMirror mirror = mirror(Duration.ofSeconds(30), HEALTHY, FROZEN)) {
      mirror.start();
      level(mirror);
      assertThat(mirror.status().suspects()).isNotNull();
      cluster.member(FROZEN).resume();
      assertEndsEqual(mirror);
    }
  }

  /** The process ends before anybody knows that the write is lost. */
  @Test
  void soItIsAfterADeathInTheMiddleOfAWrite() throws Exception {
    try (EtcdMirror mirror = mirror(Duration.ZERO, FROZEN, HEALTHY)) {
      mirror.start();
      level(mirror);
      cluster.member(FROZEN).suspend();
      change("2");
      long index = source.index();
      Mirroring.eventually(
          "read", () -> assertThat(mirror.status().sourceIndex()).isGreaterThanOrEqualTo(index));
      await().during(Duration.ofMillis(500)).until(() -> mirror.status().index() < index);
    }
    changeAgain("3");
    try (EtcdMirror mirror = mirror(Duration.ofSeconds(30), HEALTHY, FROZEN)) {
      mirror.start();
      level(mirror);
      assertThat(mirror.status().suspects()).isNotNull();
      cluster.member(FROZEN).resume();
      assertEndsEqual(mirror);
    }
  }
}
