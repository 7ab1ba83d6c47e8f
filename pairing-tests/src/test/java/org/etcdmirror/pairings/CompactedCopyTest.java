package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A copy takes longer than the source keeps its history. The copy still ends, both sides are equal,
 * and no key of the sink goes back to an older value on the way.
 */
@Timeout(900)
class CompactedCopyTest {

  private static final Duration PATIENCE = Duration.ofMinutes(8);

  /** The number of keys, the write rate, the compaction interval and the bandwidth. */
  private record Size(int keys, int writesASecond, Duration compactEvery, long bytesPerSecond) {}

  private static final Size SMALL = new Size(10_000, 300, Duration.ofMillis(500), 250_000);
  private static final Size FULL = new Size(200_000, 500, Duration.ofSeconds(2), 700_000);

  static List<EtcdBinary> servers() {
    return EtcdBinary.all();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void firstCopyToASlowSinkEndsDespiteCompaction(EtcdBinary binary) throws Exception {
    copy(binary, SMALL, "sink");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void firstCopyFromASlowSourceEndsDespiteCompaction(EtcdBinary binary) throws Exception {
    copy(binary, SMALL, "source");
  }

  @Tag("soak")
  @ParameterizedTest
  @MethodSource("servers")
  void firstCopyOfManyKeysToASlowSinkEndsDespiteCompaction(EtcdBinary binary) throws Exception {
    copy(binary, FULL, "sink");
  }

  @Tag("soak")
  @ParameterizedTest
  @MethodSource("servers")
  void firstCopyOfManyKeysFromASlowSourceEndsDespiteCompaction(EtcdBinary binary) throws Exception {
    copy(binary, FULL, "source");
  }

  private static void copy(EtcdBinary binary, Size size, String far) throws Exception {
    long seed = new Random().nextLong();
    System.out.printf("CompactedCopyTest: %s, far %s, seed %d, %s%n", size, far, seed, binary);
    try (CompactedSource source = new CompactedSource(binary, size.keys(), seed);
        EtcdServer sink = EtcdServer.start();
        FaultProxy proxy =
            FaultProxy.to((far.equals("sink") ? sink : source.server()).clientUrl());
        SinkWatch watch = new SinkWatch(sink.clientUrl())) {
      proxy.link(LinkLimits.bandwidth(size.bytesPerSecond()));
      source.stir(size.writesASecond(), size.compactEvery());
      URI from = far.equals("source") ? proxy.url() : source.server().clientUrl();
      URI to = far.equals("sink") ? proxy.url() : sink.clientUrl();
      try (EtcdMirror mirror = mirror(from, to, builder -> builder)) {
        mirror.start();
        endsEqual(mirror, source, proxy, sink);
      }
      watch.seeThrough(new V3Http(sink.clientUrl()).revision());
      assertThat(watch.wentBack(source)).isEmpty();
    }
  }

  private static void endsEqual(
      EtcdMirror mirror, CompactedSource source, FaultProxy proxy, EtcdServer sink)
      throws Exception {
    long began = System.nanoTime();
    Link.eventually("following", () -> isCopied(mirror), PATIENCE);
    System.out.printf(
        "CompactedCopyTest: following after %d ms, %d values, %d compactions: %s%n",
        Duration.ofNanos(System.nanoTime() - began).toMillis(),
        source.writes(),
        source.compactions(),
        mirror.status());
    source.rest();
    proxy.heal();
    assertThat(mirror.await(source.index(), PATIENCE)).as(mirror.status().toString()).isTrue();
    assertThat(new V3Http(sink.clientUrl()).values("/conf/").equals(source.held())).isTrue();
  }

  /** A watch from a compacted revision may stay open for a moment before the server ends it. */
  private static boolean isCopied(EtcdMirror mirror) {
    MirrorStatus status = mirror.status();
    return status.state() == MirrorState.FOLLOWING && status.counters().resyncs() > 0;
  }

  private static EtcdMirror mirror(URI from, URI to, UnaryOperator<EtcdMirrorBuilder> options) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .link("compacted")
            .source(V3Source.builder().endpoints(from.toString()).build())
            .sink(V3Sink.builder().endpoints(to.toString()).build())
            .scope(MirrorScope.of("/conf/"));
    return options.apply(builder).build();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void comparisonWithDeletesEndsDespiteCompaction(EtcdBinary binary) throws Exception {
    long seed = new Random().nextLong();
    System.out.printf("CompactedCopyTest: comparison, seed %d, %s%n", seed, binary);
    try (CompactedSource source = new CompactedSource(binary, SMALL.keys(), seed);
        EtcdServer sink = EtcdServer.start();
        FaultProxy proxy = FaultProxy.to(sink.clientUrl())) {
      UnaryOperator<EtcdMirrorBuilder> options =
          builder -> builder.deleteLimit(DeleteLimit.percent(50));
      try (EtcdMirror before = mirror(source.server().clientUrl(), sink.clientUrl(), options)) {
        before.start();
        assertThat(before.await(source.index(), PATIENCE)).isTrue();
      }
      V3Http inSink = new V3Http(sink.clientUrl());
      for (int i = 0; i < 50; i++) {
        inSink.commit(
            List.of(
                Write.put(Bytes.utf8("/conf/surplus-%d".formatted(i)), Bytes.utf8("x")),
                Write.put(Bytes.utf8("/conf/%07da".formatted(500 * i)), Bytes.utf8("x"))));
      }
      source.changeMuch();
      proxy.link(LinkLimits.bandwidth(SMALL.bytesPerSecond()));
      source.stir(SMALL.writesASecond(), SMALL.compactEvery());
      try (SinkWatch watch = new SinkWatch(sink.clientUrl());
          EtcdMirror mirror = mirror(source.server().clientUrl(), proxy.url(), options)) {
        mirror.start();
        endsEqual(mirror, source, proxy, sink);
        watch.seeThrough(inSink.revision());
        assertThat(watch.wentBack(source)).isEmpty();
      }
    }
  }

  @Test
  void copyThatRenamesKeysEndsDespiteCompaction() throws Exception {
    long seed = new Random().nextLong();
    System.out.printf("CompactedCopyTest: renamed, seed %d%n", seed);
    EtcdBinary binary = servers().get(0);
    try (CompactedSource source = new CompactedSource(binary, SMALL.keys(), seed);
        EtcdServer sink = EtcdServer.start();
        FaultProxy proxy = FaultProxy.to(source.server().clientUrl())) {
      proxy.link(LinkLimits.bandwidth(SMALL.bytesPerSecond()));
      source.stir(SMALL.writesASecond(), SMALL.compactEvery());
      MirrorScope scope =
          MirrorScope.builder()
              .prefix("/conf/")
              .transform(Transform.ofKeys("reversed", CompactedCopyTest::reversed))
              .build();
      try (EtcdMirror mirror =
          mirror(proxy.url(), sink.clientUrl(), builder -> builder.scope(scope))) {
        mirror.start();
        Link.eventually("following", () -> isCopied(mirror), PATIENCE);
        System.out.println("CompactedCopyTest: " + mirror.status());
        source.rest();
        proxy.heal();
        assertThat(mirror.await(source.index(), PATIENCE)).as(mirror.status().toString()).isTrue();
        Map<Bytes, Bytes> renamed = new HashMap<>();
        source.held().forEach((key, value) -> renamed.put(reversed(key), value));
        assertThat(new V3Http(sink.clientUrl()).values("/conf/").equals(renamed)).isTrue();
      }
    }
  }

  private static Bytes reversed(Bytes key) {
    String name = key.utf8().substring("/conf/".length());
    return Bytes.utf8("/conf/" + new StringBuilder(name).reverse());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void planAndVerifyEndDespiteCompaction(EtcdBinary binary) throws Exception {
    long seed = new Random().nextLong();
    System.out.printf("CompactedCopyTest: verification, seed %d, %s%n", seed, binary);
    try (CompactedSource source = new CompactedSource(binary, SMALL.keys(), seed);
        EtcdServer sink = EtcdServer.start();
        FaultProxy proxy = FaultProxy.to(source.server().clientUrl());
        EtcdMirror mirror = mirror(proxy.url(), sink.clientUrl(), builder -> builder)) {
      mirror.start();
      assertThat(mirror.await(source.index(), PATIENCE)).isTrue();
      proxy.link(LinkLimits.bandwidth(SMALL.bytesPerSecond()));
      source.stir(SMALL.writesASecond(), SMALL.compactEvery());
      ResyncPlan plan = mirror.plan();
      assertThat(plan.sourceEntries()).isBetween(SMALL.keys() / 2L, SMALL.keys() * 2L);
      VerifyReport report = mirror.verify();
      assertThat(report.differences()).as(report.describe()).isZero();
      System.out.println("CompactedCopyTest: " + report.describe());
      assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    }
  }
}
