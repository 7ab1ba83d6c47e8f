package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Members of both clusters freeze under load and resume. In the end both sides are equal, and the
 * mirror never made a false claim.
 */
@Timeout(900)
class FrozenMemberTest {

  /** Longer than a client waits for an answer, or nothing would be of unknown outcome. */
  private static final Duration SHORT = Duration.ofSeconds(12);

  private static final Duration LONG = Duration.ofSeconds(15);

  /** How long after a freeze of an etcd v2 sink's member a late write may wait for its repair. */
  private static final Duration LATE_EFFECTS = Duration.ofSeconds(30);

  private static final int MEMBERS = 3;

  static Stream<Arguments> pairings() {
    return Keyspace.kinds().stream()
        .flatMap(from -> Keyspace.kinds().stream().map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("pairings")
  void mirrorEndsEqualAndMakesNoFalseClaim(String from, String to) throws Exception {
    freeze(from, to, SHORT, 2);
  }

  @Tag("soak")
  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("pairings")
  void mirrorEndsEqualAndMakesNoFalseClaimInALongRun(String from, String to) throws Exception {
    freeze(from, to, LONG, 6);
  }

  private static void freeze(String from, String to, Duration duration, int times)
      throws Exception {
    long seed = new Random().nextLong();
    String name = "FrozenMemberTest %s to %s, seed %d".formatted(from, to, seed);
    System.out.println(name);
    Random random = new Random(seed);
    try (EtcdCluster source = EtcdCluster.start();
        EtcdCluster sink = EtcdCluster.start()) {
      Keyspace sourceKeys = Keyspace.at(from, source.clientUrls().get(0));
      Keyspace sinkKeys = Keyspace.at(to, sink.clientUrls().get(0));
      History history = new History();
      Witness witness = new Witness(sinkKeys, history);
      Link link = new Link(Keyspace.at(from, mirrored(source)), Keyspace.at(to, mirrored(sink)));
      try (EtcdMirror mirror = link.following(builder -> builder)) {
        try (RecordingWriter writer = new RecordingWriter(sourceKeys, history, random.nextLong())) {
          for (int i = 0; i < times; i++) {
            writer.awaitWrites(20 + random.nextInt(200));
            boolean sinkSide = i % 2 == 1;
            // First the member that the mirror certainly talks to.
            int member = i < 2 ? 1 : 1 + random.nextInt(MEMBERS - 1);
            EtcdServer victim = (sinkSide ? sink : source).member(member);
            witness.excuse(sinkSide && to.equals("v2"));
            boolean idle = i == times - 1 || random.nextBoolean();
            if (idle) {
              // So the next request, which gets no answer, carries data and not the index.
              writer.hold();
              mirror.await(history.newest(), LATE_EFFECTS);
            }
            try (EtcdServer.Frozen frozen = victim.freeze()) {
              if (idle) {
                writer.goOn();
              }
              watch(witness, mirror, duration);
              if (i == times - 1) {
                // So a late write is not overwritten by a later one.
                writer.close();
                mirror.await(history.newest(), LATE_EFFECTS);
              }
            }
            watch(witness, mirror, sinkSide && to.equals("v2") ? LATE_EFFECTS : duration);
            witness.excuse(false);
            witness.verify(mirror);
          }
        }
        endsEqual(name, mirror, sourceKeys, sinkKeys);
      }
      witness.judge(name);
    }
  }

  /** The member that the test itself asks is not frozen, and is the mirror's last resort. */
  private static URI[] mirrored(EtcdCluster cluster) {
    List<URI> urls = cluster.clientUrls();
    return new URI[] {urls.get(1), urls.get(2), urls.get(0)};
  }

  private static void watch(Witness witness, EtcdMirror mirror, Duration duration)
      throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() - end < 0) {
      witness.look(mirror);
    }
  }

  private static void endsEqual(String as, EtcdMirror mirror, Keyspace source, Keyspace sink)
      throws Exception {
    assertThat(mirror.await(source.index(), PATIENCE)).as("%s: %s", as, mirror.status()).isTrue();
    Link.awaitState(mirror, MirrorState.FOLLOWING);
    await(as)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(sink.values("/conf/")).isEqualTo(source.values("/conf/")));
    VerifyReport report = mirror.verify();
    assertThat(report.isEqual()).as("%s: %s", as, report).isTrue();
  }
}
