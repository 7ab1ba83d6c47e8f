package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/**
 * The mirror repairs writes that one sink endpoint receives late and executes after newer ones. The
 * proxy discards its buffer when the mirror resets the connection, so the test itself sends the
 * same request again, as a network that keeps it would.
 */
@Timeout(600)
@EtcdTest
class V2LateWritesTest {

  private static final int KEYS = 30;

  private final EtcdServer from;
  private final V2Http source;

  V2LateWritesTest(EtcdServer from) {
    this.from = from;
    source = new V2Http(from.clientUrl());
    for (int i = 0; i < KEYS; i++) {
      source.put("/e/d/k" + i, "1");
    }
    source.put("/e/value", "1");
    source.put("/e/deleted", "1");
  }

  /** A mirror that writes to these endpoints and prefers the first one. */
  private EtcdMirror mirror(URI store, Duration closeTimeout, URI... endpoints) {
    return EtcdMirror.builder()
        .source(V2Source.builder().endpoints(from.clientUrl().toString()).build())
        .sink(
            V2Sink.builder()
                .endpoints(Stream.of(endpoints).map(URI::toString).toList())
                .lateEffects(Duration.ofSeconds(1))
                .build())
        .indexStore(V2IndexStore.open(List.of(store.toString()), "/e"))
        .scope(MirrorScope.of("/e"))
        .closeTimeout(closeTimeout)
        .build();
  }

  private void level(EtcdMirror mirror) throws InterruptedException {
    assertThat(mirror.await(source.index(), PATIENCE)).as("level").isTrue();
  }

  private void change() {
    source.delete("/e/d", "recursive=true");
    source.put("/e/value", "2");
    source.delete("/e/deleted", "");
  }

  private void changeAgain() {
    for (int i = 0; i < KEYS; i++) {
      source.put("/e/d/k" + i, "3");
    }
    source.put("/e/value", "3");
    source.put("/e/deleted", "3");
  }

  private void assertEndsEqual(EtcdMirror mirror, V2Http sink) throws Exception {
    Mirroring.eventually(
        "cleared", () -> assertThat(mirror.status().suspects()).as("suspects").isNull());
    assertThat(sink.tree("/e")).isEqualTo(source.tree("/e"));
    assertThat(mirror.verify().isEqual()).isTrue();
  }

  /** Executes the writes that the mirror recorded as suspects. */
  private void land(EtcdServer to) throws Exception {
    V2Http sink = new V2Http(to.clientUrl());
    try (V2IndexStore store = V2IndexStore.open(List.of(to.clientUrl().toString()), "/e")) {
      Map<String, String> notes = store.load().orElseThrow().notes();
      List<String> suspects =
          notes.getOrDefault(MirrorStatus.Suspects.NOTE, "").lines().skip(1).toList();
      assertThat(suspects).isNotEmpty();
      for (String suspect : suspects) {
        String key = suspect.substring(suspect.indexOf(' ') + 1);
        if (suspect.startsWith("tree ") || key.equals("/e/deleted")) {
          sink.delete(key, "recursive=true");
        } else {
          sink.put(key, "late");
        }
      }
      assertThat(sink.tree("/e")).isNotEqualTo(source.tree("/e"));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void lateWriteIsMended(EtcdServer to) throws Exception {
    try (FaultProxy proxy = FaultProxy.to(to.clientUrl());
        EtcdMirror mirror =
            mirror(to.clientUrl(), Duration.ofSeconds(30), proxy.url(), to.clientUrl())) {
      mirror.start();
      level(mirror);
      proxy.stall(true);
      change();
      level(mirror);
      changeAgain();
      level(mirror);
      MirrorStatus status = mirror.status();
      assertThat(status.suspects()).isNotNull();
      assertThat(status.state()).isEqualTo(MirrorState.FOLLOWING);
      land(to);
      proxy.heal();
      assertEndsEqual(mirror, new V2Http(to.clientUrl()));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void lateWriteIsMendedAfterARestart(EtcdServer to) throws Exception {
    try (FaultProxy proxy = FaultProxy.to(to.clientUrl())) {
      try (EtcdMirror first =
          mirror(to.clientUrl(), Duration.ofSeconds(30), proxy.url(), to.clientUrl())) {
        first.start();
        level(first);
        proxy.stall(true);
        change();
        level(first);
      }
      changeAgain();
      try (EtcdMirror second =
          mirror(to.clientUrl(), Duration.ofSeconds(30), to.clientUrl(), proxy.url())) {
        second.start();
        level(second);
        land(to);
        proxy.heal();
        assertEndsEqual(second, new V2Http(to.clientUrl()));
      }
    }
  }

  /** The mirror ends before it knows that the write was lost. */
  @Test
  @Execution(CONCURRENT)
  void lateWriteIsMendedAfterADeathInTheMiddleOfAWrite(EtcdServer to) throws Exception {
    try (FaultProxy proxy = FaultProxy.to(to.clientUrl())) {
      try (EtcdMirror first = mirror(to.clientUrl(), Duration.ZERO, proxy.url(), to.clientUrl())) {
        first.start();
        level(first);
        proxy.stall(true);
        change();
        long index = source.index();
        Mirroring.eventually(
            "read", () -> assertThat(first.status().sourceIndex()).isGreaterThanOrEqualTo(index));
        await().during(Duration.ofMillis(300)).until(() -> first.status().index() < index);
      }
      changeAgain();
      try (EtcdMirror second =
          mirror(to.clientUrl(), Duration.ofSeconds(30), to.clientUrl(), proxy.url())) {
        second.start();
        level(second);
        assertThat(second.status().suspects()).isNotNull();
        V2Http sink = new V2Http(to.clientUrl());
        sink.delete("/e/d", "recursive=true");
        sink.put("/e/value", "2");
        proxy.heal();
        assertEndsEqual(second, sink);
      }
    }
  }

  /** Whether a resumed member executes waiting writes depends on how long it was suspended. */
  @Test
  @Execution(CONCURRENT)
  void frozenMemberThawsAndBothSidesAreEqual() throws Exception {
    try (EtcdCluster cluster = EtcdCluster.start()) {
      URI healthy = cluster.member(0).clientUrl();
      V2Http sink = new V2Http(healthy);
      try (EtcdMirror mirror =
          mirror(healthy, Duration.ofSeconds(30), cluster.member(1).clientUrl(), healthy)) {
        mirror.start();
        level(mirror);
        cluster.member(1).suspend();
        change();
        level(mirror);
        changeAgain();
        level(mirror);
        cluster.member(1).resume();
        assertEndsEqual(mirror, sink);
      }
    }
  }
}
