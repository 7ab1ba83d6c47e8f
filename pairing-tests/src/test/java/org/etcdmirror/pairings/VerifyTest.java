package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.Verification;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Verification while several writers change few keys all the time: sets, deletes, and again. */
@Tag("long")
@Timeout(900)
class VerifyTest {

  private static final int WRITERS = 3;
  private static final int VERIFICATIONS = 20;
  private static final int STABLE = 200;

  static Stream<Arguments> pairings() {
    return ScopedLink.of("v2 to v2", "v2 to v3", "v3 to v3");
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void verifyFindsEachDifferenceAndNoOther(EtcdBinary binary, String from, String to)
      throws Exception {
    long seed = new Random().nextLong();
    System.out.println("VerifyTest " + from + " to " + to + ", seed " + seed);
    try (EtcdServer sourceEtcd = EtcdServer.builder().binary(binary).start();
        EtcdServer sinkEtcd = EtcdServer.builder().binary(binary).start()) {
      Keyspace source = Keyspace.of(from, sourceEtcd);
      Keyspace sink = Keyspace.of(to, sinkEtcd);
      for (int i = 0; i < STABLE; i++) {
        source.put(stable(i), "v" + i);
      }
      try (EtcdMirror mirror = builder(source, sink).build()) {
        mirror.start();
        assertThat(mirror.await(source.index(), PATIENCE)).isTrue();
        try (HotKeys writers = new HotKeys(source, seed, WRITERS)) {
          for (int i = 0; i < VERIFICATIONS; i++) {
            writers.awaitMore(10);
            assertEqual(mirror.verify(), seed);
          }
          try (EtcdMirror beside = builder(source, sink).build()) {
            assertEqual(beside.verify(), seed);
          }
          Map<String, Difference.Kind> planted = plant(sink);
          VerifyReport report = mirror.verify();
          assertThat(named(report.samples())).as("seed %d: %s", seed, report).isEqualTo(planted);
          assertThat(report.differences()).isEqualTo(planted.size());
          assertThat(report.unsettled()).as("seed %d: %s", seed, report).isZero();
        }
        assertThat(mirror.await(source.index(), PATIENCE)).isTrue();
      }
      assertPlanned(source, sink);
      assertRepaired(source, sink);
    }
  }

  private static String stable(int i) {
    return "/conf/stable/k%03d".formatted(i);
  }

  private static void assertEqual(VerifyReport report, long seed) {
    assertThat(report.isEqual()).as("seed %d: %s", seed, report).isTrue();
    assertThat(report.behind()).as("seed %d: %s", seed, report).isZero();
  }

  /** Plants differences among keys that stay as they are. */
  private static Map<String, Difference.Kind> plant(Keyspace sink) {
    Map<String, Difference.Kind> planted = new TreeMap<>();
    for (int i = 0; i < 3; i++) {
      planted.put(stable(20 * i), Difference.Kind.MISSING);
      sink.delete(stable(20 * i));
    }
    for (int i = 0; i < 4; i++) {
      planted.put(stable(20 * i + 7), Difference.Kind.DIFFERENT);
      sink.put(stable(20 * i + 7), "other");
    }
    for (int i = 0; i < 3; i++) {
      planted.put(stable(20 * i + 9) + "x", Difference.Kind.EXTRA);
      sink.put(stable(20 * i + 9) + "x", "extra");
    }
    return planted;
  }

  private static Map<String, Difference.Kind> named(List<Difference> differences) {
    Map<String, Difference.Kind> named = new TreeMap<>();
    differences.forEach(one -> named.put(one.key().utf8(), one.kind()));
    return named;
  }

  private static void assertPlanned(Keyspace source, Keyspace sink) throws Exception {
    long before = sink.index();
    try (EtcdMirror stopped = builder(source, sink).build()) {
      ResyncPlan plan = stopped.plan();
      assertThat(plan.writes()).isEqualTo(7);
      assertThat(plan.deletes()).isEqualTo(3);
      assertThat(plan.writeSamples()).hasSize(7);
      assertThat(plan.deleteSamples().stream().map(key -> key.utf8()).toList())
          .containsExactly(stable(9) + "x", stable(29) + "x", stable(49) + "x");
      assertThat(plan.refusal()).isNull();
    }
    assertThat(sink.index()).as("nothing is written").isEqualTo(before);
  }

  private static void assertRepaired(Keyspace source, Keyspace sink) throws Exception {
    BlockingQueue<ResyncReport> resyncs = new LinkedBlockingQueue<>();
    BlockingQueue<VerifyReport> verified = new LinkedBlockingQueue<>();
    MirrorListener listener =
        new MirrorListener() {
          @Override
          public void onResync(ResyncReport report) {
            resyncs.add(report);
          }

          @Override
          public void onVerified(VerifyReport report) {
            verified.add(report);
          }
        };
    EtcdMirrorBuilder builder =
        builder(source, sink)
            .verification(Verification.every(Duration.ofMillis(500)).repair())
            .listener(listener);
    try (EtcdMirror mirror = builder.build()) {
      mirror.start();
      ResyncReport repair = resyncs.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(repair).isNotNull();
      assertThat(List.of(repair.written(), repair.deleted())).isEqualTo(List.of(7L, 3L));
      List<VerifyReport> reports = new ArrayList<>();
      do {
        VerifyReport next = verified.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("after %s", reports).isNotNull();
        reports.add(next);
      } while (!reports.get(reports.size() - 1).isEqual());
      assertThat(reports.get(0).differences()).isEqualTo(10);
      assertThat(sink.values("/conf/")).isEqualTo(source.values("/conf/"));
    }
  }

  private static EtcdMirrorBuilder builder(Keyspace source, Keyspace sink) {
    EtcdMirrorBuilder builder = EtcdMirror.builder().scope(MirrorScope.of("/conf/"));
    source.readBy(builder);
    sink.writtenBy(builder);
    return builder;
  }
}
