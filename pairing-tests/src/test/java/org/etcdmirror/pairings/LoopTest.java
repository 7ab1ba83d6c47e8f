package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors that would read their own writes, on real servers. */
@Timeout(600)
class LoopTest {

  private static final MirrorScope SAME = MirrorScope.of("/conf");

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  @Execution(CONCURRENT)
  void overlappingPrefixesOfOneClusterAreRefused(String kind) {
    try (EtcdServer etcd = EtcdServer.start()) {
      Keyspace keys = Keyspace.of(kind, etcd);
      keys.put("/conf/a", "1");
      assertRefused(keys, keys, SAME, "the same cluster", "'/conf'");
      assertRefused(keys, keys, rename("/conf", "/conf/copy"), "'/conf/copy'");
      assertThat(keys.values("/conf/")).as("nothing was written").isEqualTo(Map.of("/conf/a", "1"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  @Execution(CONCURRENT)
  void copyToAnotherPrefixOfOneClusterIsAllowed(String kind) throws Exception {
    try (EtcdServer etcd = EtcdServer.start()) {
      Keyspace keys = Keyspace.of(kind, etcd);
      keys.put("/other/a", "1");
      for (int run = 0; run < 2; run++) {
        // The second run finds its own checkpoint in its source.
        keys.put("/other/run", "" + run);
        assertMirrors(keys, keys, rename("/other", "/conf"));
        assertThat(keys.values("/conf/")).containsEntry("/conf/run", "" + run);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  @Execution(CONCURRENT)
  void copyWithinOneClusterIsNotTriggeredByItsOwnIndexWrites(String kind) throws Exception {
    try (EtcdServer etcd = EtcdServer.start()) {
      Keyspace keys = Keyspace.of(kind, etcd);
      keys.put("/other/a", "1");
      try (EtcdMirror mirror = mirror(keys, keys, rename("/other", "/conf"))) {
        mirror.start();
        for (int i = 0; i < 2; i++) {
          // Writes of others advance the stored index.
          keys.put("/elsewhere", "" + i);
          long foreign = keys.index();
          Awaitility.await().atMost(PATIENCE).until(() -> mirror.status().storedIndex() >= foreign);
        }
        long index = keys.index();
        // In this time each saved index would have triggered the next save.
        Awaitility.await()
            .during(Duration.ofSeconds(8))
            .atMost(PATIENCE)
            .until(() -> keys.index() <= index + 2);
        assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void copyFromV2ToV3OfOneClusterIsAllowed() throws Exception {
    try (EtcdServer etcd = EtcdServer.start()) {
      Keyspace v2 = Keyspace.of("v2", etcd);
      Keyspace v3 = Keyspace.of("v3", etcd);
      v2.put("/conf/a", "1");
      assertMirrors(v2, v3, SAME);
      assertThat(v3.values("/conf/")).isEqualTo(Map.of("/conf/a", "1"));
    }
  }

  static Stream<Arguments> pairs() {
    return ScopedLink.of("v2 to v2", "v2 to v3", "v3 to v2", "v3 to v3");
  }

  @ParameterizedTest(name = "{1} and {2} on {0}")
  @MethodSource("pairs")
  @Execution(CONCURRENT)
  void mirrorAgainstAReverseLinkIsRefused(EtcdBinary binary, String one, String other)
      throws Exception {
    try (EtcdServer oneEtcd = EtcdServer.builder().binary(binary).start();
        EtcdServer otherEtcd = EtcdServer.builder().binary(binary).start()) {
      Keyspace here = Keyspace.of(one, oneEtcd);
      Keyspace there = Keyspace.of(other, otherEtcd);
      here.put("/conf/a", "1");
      assertMirrors(here, there, SAME);
      there.put("/conf/b", "2");
      String key = other.equals("v2") ? "/__replication/conf" : "/__replication/pairing";
      assertRefused(there, here, SAME, "reverse link", "'" + key + "'");
      assertThat(here.values("/conf/")).isEqualTo(Map.of("/conf/a", "1"));
      there.delete(key);
      assertMirrors(there, here, SAME);
      assertThat(here.values("/conf/")).isEqualTo(there.values("/conf/"));
    }
  }

  private static MirrorScope rename(String from, String to) {
    return MirrorScope.builder().rename(from, to).build();
  }

  private static EtcdMirror mirror(Keyspace source, Keyspace sink, MirrorScope scope) {
    EtcdMirrorBuilder builder = EtcdMirror.builder().scope(scope);
    source.readBy(builder);
    sink.writtenBy(builder);
    return builder.build();
  }

  private static void assertMirrors(Keyspace source, Keyspace sink, MirrorScope scope)
      throws InterruptedException {
    try (EtcdMirror mirror = mirror(source, sink, scope)) {
      mirror.start();
      assertThat(mirror.await(source.index(), PATIENCE)).as(mirror.status().toString()).isTrue();
    }
  }

  private static void assertRefused(
      Keyspace source, Keyspace sink, MirrorScope scope, String... says) {
    try (EtcdMirror mirror = mirror(source, sink, scope)) {
      assertThatThrownBy(mirror::run)
          .cause()
          .isInstanceOf(LoopException.class)
          .hasMessageContainingAll(says);
    }
  }
}
