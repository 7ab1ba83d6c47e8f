package org.etcdmirror.pairings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers with default settings, all of which have the same cluster id. */
@Timeout(600)
class SameIdTest {

  private static final MirrorScope CONF = MirrorScope.of("/conf");

  static Stream<Arguments> kinds() {
    return EtcdBinary.all().stream()
        .flatMap(binary -> Keyspace.kinds().stream().map(kind -> Arguments.of(binary, kind)));
  }

  private static EtcdServer server(EtcdBinary binary) {
    return EtcdServer.builder().binary(binary).defaultClusterId().start();
  }

  private static EtcdMirror mirror(Keyspace source, Keyspace sink) {
    EtcdMirrorBuilder builder = EtcdMirror.builder().scope(CONF);
    source.readBy(builder);
    sink.writtenBy(builder);
    return builder.build();
  }

  private static void assertMirrors(Keyspace source, Keyspace sink) throws InterruptedException {
    try (EtcdMirror mirror = mirror(source, sink)) {
      mirror.start();
      assertLevel(mirror, source, sink);
    }
  }

  private static void assertLevel(EtcdMirror mirror, Keyspace source, Keyspace sink)
      throws InterruptedException {
    assertThat(mirror.await(source.index(), PATIENCE)).as(mirror.status().toString()).isTrue();
    assertThat(sink.values("/conf/")).isEqualTo(source.values("/conf/")).isNotEmpty();
  }

  /** Brings both to the same index, so that their indexes do not tell them apart. */
  private static void bringToOneIndex(Keyspace one, Keyspace other) {
    while (one.index() < other.index()) {
      one.put("/elsewhere", "x");
    }
    while (other.index() < one.index()) {
      other.put("/elsewhere", "x");
    }
  }

  @ParameterizedTest(name = "{1} on {0}")
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void clustersWithEqualIdsAreMirroredInRepeatedRuns(EtcdBinary binary, String kind)
      throws Exception {
    try (EtcdServer from = server(binary);
        EtcdServer to = server(binary)) {
      Keyspace source = Keyspace.of(kind, from);
      Keyspace sink = Keyspace.of(kind, to);
      assertThat(source.clusterId()).isEqualTo(sink.clusterId());
      source.put("/conf/a", "1");
      for (int run = 0; run < 3; run++) {
        source.put("/conf/run", "" + run);
        bringToOneIndex(source, sink);
        assertMirrors(source, sink);
      }
      assertThat(sink.values("/conf/")).isEqualTo(Map.of("/conf/a", "1", "/conf/run", "2"));
    }
  }

  @ParameterizedTest(name = "{1} on {0}")
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void syncOnceMirrorsClustersWithEqualIds(EtcdBinary binary, String kind) throws Exception {
    try (EtcdServer from = server(binary);
        EtcdServer to = server(binary)) {
      Keyspace source = Keyspace.of(kind, from);
      Keyspace sink = Keyspace.of(kind, to);
      source.put("/conf/a", "1");
      bringToOneIndex(source, sink);
      try (EtcdMirror mirror = mirror(source, sink)) {
        ResyncReport report = mirror.syncOnce();
        assertThat(report.written()).isPositive();
      }
      assertThat(sink.values("/conf/")).isEqualTo(Map.of("/conf/a", "1"));
    }
  }

  @ParameterizedTest(name = "{1} on {0}")
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void mirrorOfAClusterOntoItselfIsRefused(EtcdBinary binary, String kind) throws Exception {
    try (EtcdServer etcd = server(binary)) {
      Keyspace keys = Keyspace.of(kind, etcd);
      keys.put("/conf/a", "1");
      for (int run = 0; run < 2; run++) {
        try (EtcdMirror mirror = mirror(keys, keys)) {
          assertThatThrownBy(mirror::run)
              .cause()
              .isInstanceOf(LoopException.class)
              .hasMessageContainingAll("the same cluster " + keys.clusterId(), "sink index");
        }
        try (EtcdMirror mirror = mirror(keys, keys)) {
          assertThatThrownBy(mirror::syncOnce).hasCauseInstanceOf(LoopException.class);
        }
      }
      assertThat(keys.values("/conf/")).isEqualTo(Map.of("/conf/a", "1"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  @Execution(CONCURRENT)
  void refusedStartDoesNotBlockALaterMirror(String kind) throws Exception {
    try (EtcdServer from = EtcdServer.builder().defaultClusterId().start();
        EtcdServer to = EtcdServer.builder().defaultClusterId().start()) {
      Keyspace source = Keyspace.of(kind, from);
      Keyspace sink = Keyspace.of(kind, to);
      source.put("/conf/a", "1");
      try (EtcdMirror mirror = mirror(source, source)) {
        assertThatThrownBy(mirror::run).hasCauseInstanceOf(LoopException.class);
      }
      bringToOneIndex(source, sink);
      assertMirrors(source, sink);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  @Execution(CONCURRENT)
  void chainOfThreeClustersWithEqualIdsRunsAndRestarts(String kind) throws Exception {
    try (EtcdServer a = EtcdServer.builder().defaultClusterId().start();
        EtcdServer b = EtcdServer.builder().defaultClusterId().start();
        EtcdServer c = EtcdServer.builder().defaultClusterId().start()) {
      Keyspace first = Keyspace.of(kind, a);
      Keyspace second = Keyspace.of(kind, b);
      Keyspace third = Keyspace.of(kind, c);
      // Makes the third cluster visibly younger at the first start.
      for (int i = 0; i < 20; i++) {
        first.put("/conf/a", "" + i);
      }
      for (int run = 0; run < 2; run++) {
        first.put("/conf/run", "" + run);
        try (EtcdMirror one = mirror(first, second);
            EtcdMirror two = mirror(second, third)) {
          one.start();
          assertLevel(one, first, second);
          two.start();
          assertLevel(two, second, third);
        }
      }
      assertThat(third.values("/conf/")).containsEntry("/conf/run", "1");
    }
  }

  /** The index of the newest change of a key. */
  private static long version(Keyspace keys, String key) throws Exception {
    try (EventSource source = keys.source();
        Snapshot entries = source.snapshot(Selection.of(Bytes.utf8(key)))) {
      return requireNonNull(entries.next()).index();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  @Execution(CONCURRENT)
  void keyWithEqualVersionsInFirstAndThirdClusterIsNoReverseLink(String kind) throws Exception {
    try (EtcdServer a = EtcdServer.builder().defaultClusterId().start();
        EtcdServer b = EtcdServer.builder().defaultClusterId().start();
        EtcdServer c = EtcdServer.builder().defaultClusterId().start()) {
      Keyspace first = Keyspace.of(kind, a);
      Keyspace second = Keyspace.of(kind, b);
      Keyspace third = Keyspace.of(kind, c);
      first.put("/conf/run", "0");
      while (third.index() < 50) {
        third.put("/elsewhere", "x");
      }
      assertMirrors(first, second);
      assertMirrors(second, third);

      long version = version(third, "/conf/run");
      while (first.index() < version - 1) {
        first.put("/elsewhere", "x");
      }
      first.put("/conf/run", "1");
      assertThat(version(first, "/conf/run")).isEqualTo(version);
      assertMirrors(first, second);
      assertMirrors(second, third);
      assertThat(third.values("/conf/")).containsEntry("/conf/run", "1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  @Execution(CONCURRENT)
  void mirrorAgainstAReverseLinkIsRefusedWithEqualClusterIds(String kind) throws Exception {
    try (EtcdServer a = EtcdServer.builder().defaultClusterId().start();
        EtcdServer b = EtcdServer.builder().defaultClusterId().start()) {
      Keyspace here = Keyspace.of(kind, a);
      Keyspace there = Keyspace.of(kind, b);
      here.put("/conf/a", "1");
      assertMirrors(here, there);
      there.put("/conf/b", "2");
      try (EtcdMirror back = mirror(there, here)) {
        assertThatThrownBy(back::run)
            .cause()
            .isInstanceOf(LoopException.class)
            .hasMessageContaining("reverse link");
      }
      assertThat(here.values("/conf/")).isEqualTo(Map.of("/conf/a", "1"));
    }
  }
}
