package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.etcdmirror.testkit.EtcdServer;
import org.etcdmirror.testkit.EtcdServerBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mirror with a heap of 64 MiB gets level with many times that, in values of any size. */
@Timeout(1800)
class LargeBacklogTest {

  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** Near etcd's default limit of a request. */
  private static final int LARGE = 1_400_000;

  /** Where both clusters take requests of 8 MiB. */
  private static final int HUGE = 6 << 20;

  private static final String RAISED = "--max-request-bytes=8388608";

  /** Few enough that their tree, which v2 tells in one answer, is no matter here. */
  private static final int KEYS = 5;

  @ParameterizedTest
  @CsvSource({"v2, 120", "v3, 150"})
  void whatGatheredWhileItWasAway(String kind, int values, @TempDir Path directory)
      throws Exception {
    getsLevel(kind, values, LARGE, EtcdServer.builder(), directory);
  }

  @ParameterizedTest
  @CsvSource({"v2, 900", "v3, 1500"})
  @Tag("long")
  void muchThatGatheredWhileItWasAway(String kind, int values, @TempDir Path directory)
      throws Exception {
    EtcdServerBuilder server = EtcdServer.builder();
    getsLevel(
        kind,
        values,
        LARGE,
        kind.equals("v3") ? server.extraFlags("--quota-backend-bytes=6000000000") : server,
        directory);
  }

  @Test
  void valuesOfServersThatTakeMore(@TempDir Path directory) throws Exception {
    getsLevel("v3", 20, HUGE, EtcdServer.builder().extraFlags(RAISED), directory);
  }

  private static void getsLevel(
      String kind, int values, int size, EtcdServerBuilder server, Path directory)
      throws Exception {
    try (EtcdServer sourceEtcd = server.start();
        EtcdServer sinkEtcd = server.start()) {
      Keyspace source = Keyspace.of(kind, sourceEtcd);
      Keyspace sink = Keyspace.of(kind, sinkEtcd);
      source.put("/conf/first", "1");
      Path log = directory.resolve("mirror.log");
      try (MirrorProcess mirror =
          MirrorProcess.start(kind, sourceEtcd.clientUrl(), sinkEtcd.clientUrl(), log)) {
        awaitIndex(mirror, sink, source.index(), log);
      }
      for (int i = 0; i < values; i++) {
        source.put("/conf/key-" + i % KEYS, value(i, size));
      }
      source.put("/conf/last", "1");
      try (MirrorProcess mirror =
          MirrorProcess.start(kind, sourceEtcd.clientUrl(), sinkEtcd.clientUrl(), log)) {
        awaitIndex(mirror, sink, source.index(), log);
        assertThat(Files.readString(log)).doesNotContain("a gap", "OutOfMemory");
      }
      assertThat(sink.values("/conf/").equals(source.values("/conf/"))).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"v2, 8, 1400000", "v3, 60, 1400000", "v3, 12, 6291456"})
  void aFirstCopy(String kind, int keys, int size, @TempDir Path directory)
      throws Exception {
    EtcdServerBuilder server = EtcdServer.builder();
    if (size > LARGE) {
      server.extraFlags(RAISED);
    }
    try (EtcdServer sourceEtcd = server.start();
        EtcdServer sinkEtcd = server.start()) {
      Keyspace source = Keyspace.of(kind, sourceEtcd);
      Keyspace sink = Keyspace.of(kind, sinkEtcd);
      for (int i = 0; i < keys; i++) {
        source.put("/conf/key-" + i, value(i, size));
      }
      Path log = directory.resolve("mirror.log");
      try (MirrorProcess mirror =
          MirrorProcess.start(kind, sourceEtcd.clientUrl(), sinkEtcd.clientUrl(), log)) {
        awaitIndex(mirror, sink, source.index(), log);
      }
      assertThat(sink.values("/conf/").equals(source.values("/conf/"))).isTrue();
    }
  }

  private static void awaitIndex(MirrorProcess mirror, Keyspace sink, long index, Path log) {
    await("level at " + index)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              assertThat(mirror.isAlive()).as(Files.readString(log)).isTrue();
              assertThat(Files.readString(log)).doesNotContain("OutOfMemory");
              assertThat(stored(sink)).isGreaterThanOrEqualTo(index);
            });
  }

  private static long stored(Keyspace sink) throws Exception {
    try (var store = sink.indexStore()) {
      return store.load().map(checkpoint -> checkpoint.index()).orElse(-1L);
    }
  }

  /** No two are alike. */
  private static String value(int number, int size) {
    return "%012d".formatted(number).repeat(size / 12);
  }
}
