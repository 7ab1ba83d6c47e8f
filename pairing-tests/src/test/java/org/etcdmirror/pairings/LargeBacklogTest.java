package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A v2 mirror with a heap of 64 MiB applies a backlog of many times that size. */
@Timeout(1800)
class LargeBacklogTest {

  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Near etcd's default limit of a request; an event also has the previous value. */
  private static final int LARGE = 1_400_000;

  /** Few enough that their tree, which v2 sends in one answer, fits into the heap. */
  private static final int KEYS = 5;

  /** More than twice the heap. */
  @Test
  void smallHeapMirrorAppliesALargeBacklogAfterAStop(@TempDir Path directory) throws Exception {
    getsLevel(120, directory);
  }

  @Test
  @Tag("soak")
  void smallHeapMirrorAppliesAllLargeValuesThatHistoryHolds(@TempDir Path directory)
      throws Exception {
    getsLevel(900, directory);
  }

  private static void getsLevel(int values, Path directory) throws Exception {
    try (EtcdServer sourceEtcd = EtcdServer.start();
        EtcdServer sinkEtcd = EtcdServer.start()) {
      Keyspace source = Keyspace.of("v2", sourceEtcd);
      Keyspace sink = Keyspace.of("v2", sinkEtcd);
      source.put("/conf/first", "1");
      Path log = directory.resolve("mirror.log");
      try (JavaProcess mirror =
          MirrorProcess.start("v2", sourceEtcd.clientUrl(), sinkEtcd.clientUrl(), log)) {
        awaitIndex(mirror, sink, source.index(), log);
      }
      for (int i = 0; i < values; i++) {
        source.put("/conf/key-" + i % KEYS, "%010d".formatted(i).repeat(LARGE / 10));
      }
      try (JavaProcess mirror =
          MirrorProcess.start("v2", sourceEtcd.clientUrl(), sinkEtcd.clientUrl(), log)) {
        awaitIndex(mirror, sink, source.index(), log);
        assertThat(Files.readString(log)).doesNotContain("a gap", "OutOfMemory");
      }
      assertThat(sink.values("/conf/").equals(source.values("/conf/"))).isTrue();
    }
  }

  /** v2 cannot read a tree in parts, so the error names the missing heap and nothing is retried. */
  @Test
  void treeLargerThanTheHeapEndsTheMirrorWithAnExplanation(@TempDir Path directory)
      throws Exception {
    try (EtcdServer sourceEtcd = EtcdServer.start();
        EtcdServer sinkEtcd = EtcdServer.start()) {
      Keyspace source = Keyspace.of("v2", sourceEtcd);
      for (int i = 0; i < 60; i++) {
        source.put("/conf/key-" + i, "%010d".formatted(i).repeat(LARGE / 10));
      }
      Path log = directory.resolve("mirror.log");
      try (JavaProcess mirror =
          MirrorProcess.start("v2", sourceEtcd.clientUrl(), sinkEtcd.clientUrl(), log)) {
        await("it ends").atMost(LIMIT).until(() -> !mirror.isAlive());
      }
      assertThat(Files.readString(log))
          .contains("'/conf' does not fit into a heap of ", "a value of 1400000 bytes", "(-Xmx)")
          .doesNotContain("OutOfMemory");
    }
  }

  private static void awaitIndex(JavaProcess mirror, Keyspace sink, long index, Path log) {
    await("level at " + index)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .failFast(() -> {
          String told = Files.readString(log);
          assertThat(mirror.isAlive()).as(told).isTrue();
          assertThat(told).doesNotContain("OutOfMemory");
        })
        .until(() -> stored(sink) >= index);
  }

  private static long stored(Keyspace sink) throws Exception {
    try (var store = sink.indexStore()) {
      return store.load().map(checkpoint -> checkpoint.index()).orElse(-1L);
    }
  }
}
