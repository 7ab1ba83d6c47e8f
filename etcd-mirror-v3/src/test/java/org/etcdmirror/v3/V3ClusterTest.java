package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Three-member clusters whose members are killed and restarted under load. */
@Tag("long")
@Timeout(900)
class V3ClusterTest {

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void mirrorSurvivesLossOfAnyMemberOnEitherSideUnderLoad(EtcdBinary binary) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("V3ClusterTest seed " + seed);
    try (EtcdCluster source = EtcdServer.builder().binary(binary).startCluster(3);
        EtcdCluster sink = EtcdServer.builder().binary(binary).startCluster(3);
        V3Mirroring etcds = V3Mirroring.between(source, sink);
        V3Reader before = new V3Reader(source.clientUrls());
        V3Reader after = new V3Reader(sink.clientUrls());
        EtcdMirror mirror = etcds.started()) {
      long newest;
      try (SecondReader reader = new SecondReader(source.clientUrls(), sink.clientUrls());
          V3Load load = new V3Load(source.clientUrls(), seed)) {
        for (int lost = 0; lost < 3; lost++) {
          lose(source.member(lost), mirror, load);
          lose(sink.member(lost), mirror, load);
        }
        load.close();
        newest = load.revision();
        etcds.awaitLevel(mirror, newest);
        assertThat(reader.looks()).isPositive();
      }
      assertThat(after.values(0)).as("seed %d", seed).isEqualTo(before.values(0));
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }

  /** Kills and restarts a member; new writes must arrive both while it is down and after. */
  private static void lose(EtcdServer member, EtcdMirror mirror, V3Load load) {
    member.kill();
    awaitMore(mirror, load);
    member.restart();
    awaitMore(mirror, load);
  }

  private static void awaitMore(EtcdMirror mirror, V3Load load) {
    long before = load.revision();
    V3Mirroring.eventually(
        "the load goes on",
        () ->
            assertThat(load.revision()).as(mirror.status().toString()).isGreaterThan(before + 20));
    long written = load.revision();
    V3Mirroring.eventually(
        "the mirror follows",
        () ->
            assertThat(mirror.status().index())
                .as(mirror.status().toString())
                .isGreaterThanOrEqualTo(written));
  }
}
