package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of source with each kind of sink, on each kind of server. */
@Tag("long")
@Timeout(600)
class PairingTest {

  private static final String NEIGHBOUR = "/conftool/neighbour";

  static Stream<Arguments> pairings() {
    return EtcdBinary.all().stream()
        .flatMap(binary ->
            Keyspace.kinds().stream()
                .flatMap(source ->
                    Keyspace.kinds().stream().map(sink -> Arguments.of(binary, source, sink))));
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  void mirrorEndsEqualUnderARandomWorkload(EtcdBinary binary, String from, String to)
      throws Exception {
    long seed = new Random().nextLong();
    System.out.println("PairingTest " + from + " to " + to + ", seed " + seed);
    Random random = new Random(seed);
    try (EtcdServer sourceEtcd = EtcdServer.builder().binary(binary).start();
        EtcdServer sinkEtcd = EtcdServer.builder().binary(binary).start()) {
      Keyspace source = Keyspace.of(from, sourceEtcd);
      Keyspace sink = Keyspace.of(to, sinkEtcd);
      sink.change(random);
      source.put(NEIGHBOUR, "the source's");
      sink.put(NEIGHBOUR, "the sink's");
      for (int run = 0; run < 3; run++) {
        // The first run finds keys of the sink's own, later ones what happened while it was down.
        source.change(random);
        try (EtcdMirror mirror = mirror(source, sink)) {
          mirror.start();
          source.change(random);
          source.change(random);
          long index = source.index();
          assertThat(mirror.await(index, PATIENCE))
              .as("seed %d: level at %d: %s", seed, index, mirror.status())
              .isTrue();
          assertThat(sink.values("/conf/"))
              .as("seed %d, run %d", seed, run)
              .isEqualTo(source.values("/conf/"));
          assertThat(mirror.status().counters().gaps()).as("seed %d, run %d", seed, run).isZero();
        }
      }
      assertThat(sink.values("/conftool/")).isEqualTo(Map.of(NEIGHBOUR, "the sink's"));
    }
  }

  private static EtcdMirror mirror(Keyspace source, Keyspace sink) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder().scope(MirrorScope.of("/conf/")).deleteLimit(DeleteLimit.percent(100));
    source.readBy(builder);
    sink.writtenBy(builder);
    return builder.build();
  }
}
