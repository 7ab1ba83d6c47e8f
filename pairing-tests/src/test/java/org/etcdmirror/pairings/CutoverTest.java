package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.Random;
import java.util.stream.Stream;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.Cutover;
import org.etcdmirror.core.CutoverException;
import org.etcdmirror.core.CutoverReport;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorFailedException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Writers move from one real server to another one, and back. */
@Tag("long")
@Timeout(600)
class CutoverTest {

  private static final MirrorScope SCOPE = MirrorScope.of("/conf");

  static Stream<Arguments> moves() {
    return ScopedLink.of("v2 to v3", "v2 to v2", "v3 to v3");
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("moves")
  @Execution(CONCURRENT)
  void cutoverThereAndBackTwiceNeedsNoResync(EtcdBinary binary, String from, String to)
      throws Exception {
    long seed = new Random().nextLong();
    System.out.println("CutoverTest " + from + " to " + to + ", seed " + seed);
    try (EtcdServer oldEtcd = EtcdServer.builder().binary(binary).start();
        EtcdServer newEtcd = EtcdServer.builder().binary(binary).start()) {
      Keyspace present = Keyspace.of(from, oldEtcd);
      Keyspace next = Keyspace.of(to, newEtcd);
      MirrorScope scope = SCOPE;
      for (int move = 0; move < 4; move++) {
        try (EtcdMirror mirror = mirror(present, next, scope)) {
          mirror.start();
          if (move > 0) {
            assertTheFirstWriteArrives(mirror, present, next, move);
          }
          try (Writer writer = new Writer(present, seed + move)) {
            writer.awaitWrites(50);
          }
          CutoverReport report = cutOver(mirror, present, next);
          assertThat(report.verified().isEqual()).isTrue();
          assertThat(report.sourceIndex()).isEqualTo(mirror.status().index());
          assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
        }
        assertThat(next.values("/conf/"))
            .as("seed %d, move %d", seed, move)
            .isEqualTo(present.values("/conf/"));
        assertDoesNotStart(present, next, scope);
        Keyspace former = present;
        present = next;
        next = former;
        scope = scope.inverse();
      }
    }
  }

  private static void assertTheFirstWriteArrives(
      EtcdMirror mirror, Keyspace from, Keyspace to, int move) throws InterruptedException {
    from.put("/conf/first", "of move " + move);
    assertThat(mirror.await(from.index(), PATIENCE)).as(mirror.status().toString()).isTrue();
    assertThat(to.values("/conf/")).containsEntry("/conf/first", "of move " + move);
    assertThat(mirror.status().counters().gaps()).as("gaps").isZero();
    assertThat(mirror.status().counters().resyncs()).as("resyncs").isZero();
  }

  private static void assertDoesNotStart(Keyspace from, Keyspace to, MirrorScope scope) {
    try (EtcdMirror ended = mirror(from, to, scope)) {
      assertThatThrownBy(ended::run)
          .isInstanceOf(MirrorFailedException.class)
          .cause()
          .hasMessageContaining("was cut over at 20");
    }
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("moves")
  @Execution(CONCURRENT)
  void cutoverIsRefusedWhileAWriterWrites(EtcdBinary binary, String from, String to)
      throws Exception {
    try (EtcdServer oldEtcd = EtcdServer.builder().binary(binary).start();
        EtcdServer newEtcd = EtcdServer.builder().binary(binary).start()) {
      Keyspace present = Keyspace.of(from, oldEtcd);
      Keyspace next = Keyspace.of(to, newEtcd);
      try (EtcdMirror mirror = mirror(present, next, SCOPE)) {
        mirror.start();
        try (Writer writer = new Writer(present, 1)) {
          writer.awaitWrites(10);
          assertThatThrownBy(() -> cutOver(mirror, present, next))
              .isInstanceOf(CutoverException.class)
              .hasMessageContaining("cut-over refused");
          writer.awaitWrites(10);
        }
        assertThat(mirror.await(present.index(), PATIENCE)).isTrue();
        assertThat(next.values("/conf/")).isEqualTo(present.values("/conf/"));
        cutOver(mirror, present, next);
      }
    }
  }

  private static CutoverReport cutOver(EtcdMirror mirror, Keyspace present, Keyspace next)
      throws Exception {
    try (EventSource newSource = next.source();
        IndexStore reverseStore = present.indexStore()) {
      return Cutover.builder()
          .mirror(mirror)
          .newSource(newSource)
          .reverseStore(reverseStore)
          .build()
          .run(PATIENCE);
    }
  }

  private static EtcdMirror mirror(Keyspace source, Keyspace sink, MirrorScope scope) {
    EtcdMirrorBuilder builder = EtcdMirror.builder().scope(scope);
    source.readBy(builder);
    sink.writtenBy(builder);
    return builder.build();
  }
}
