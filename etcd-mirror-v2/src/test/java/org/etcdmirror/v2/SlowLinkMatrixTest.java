package org.etcdmirror.v2;

import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On links of any speed, the index passes no undelivered event and no false gap is reported. */
@Timeout(1_200)
@EtcdTest
class SlowLinkMatrixTest {

  private final EtcdServer etcd;
  private FaultProxy proxy;
  private V2Http http;
  private V2Source source;

  SlowLinkMatrixTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    proxy = FaultProxy.to(etcd.clientUrl());
    http = new V2Http(etcd.clientUrl());
    source = V2Source.builder().endpoints(proxy.url().toString()).build();
  }

  @AfterEach
  void stop() {
    source.close();
    proxy.close();
  }

  /** A random number between two bounds with a log-uniform distribution. */
  private static double logUniform(Random random, double least, double most) {
    return least * Math.pow(most / least, random.nextDouble());
  }

  private static LinkLimits limits(Random random) {
    Duration delay = Duration.ofNanos((long) logUniform(random, 1e6, 3e9));
    return LinkLimits.of(
        (long) logUniform(random, 20_000, 10_000_000),
        delay,
        Duration.ofNanos((long) (delay.toNanos() * random.nextDouble())));
  }

  /**
   * Puts values of random sizes among foreign events, as many as the link carries in that time.
   *
   * @param seconds how long the line may need for all values
   */
  private void follow(Random random, LinkLimits limits, int seconds) throws Exception {
    System.out.println(limits);
    proxy.link(limits);
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      double most = Math.min(1_500_000, limits.bytesPerSecond() * (double) seconds / 3);
      double budget = limits.bytesPerSecond() * (double) seconds;
      for (int i = 0; i < 12 && budget > 0; i++) {
        int length = (int) logUniform(random, 1, most);
        budget -= length;
        stream.put("/conf/" + i % 5, "x".repeat(length));
        for (int foreign = random.nextInt(4); foreign > 0; foreign--) {
          http.put("/other", "" + i);
        }
        if (random.nextBoolean()) {
          stream.followFor(Duration.ofMillis(random.nextInt(2_000)));
        }
      }
      stream.follow(http.put("/other", "end").etcdIndex());
      stream.assertNothingWasPassed();
    }
  }

  private static Stream<Long> seeds(int count) {
    return new Random(System.nanoTime()).longs(count).boxed();
  }

  @ParameterizedTest
  @MethodSource("fewSeeds")
  @Execution(CONCURRENT)
  void indexPassesNoEventOnRandomLinks(long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    follow(random, limits(random), 6);
  }

  static Stream<Long> fewSeeds() {
    return seeds(3);
  }

  @Tag("soak")
  @ParameterizedTest
  @MethodSource("manySeeds")
  void indexPassesNoEventOnManyRandomLinks(long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    follow(random, limits(random), 20);
  }

  /** The number of seeds is set by {@code -Dslow.lines=N}. */
  static Stream<Long> manySeeds() {
    return seeds(Integer.getInteger("slow.lines", 3));
  }

  /** One value takes 75 seconds here. */
  @Tag("soak")
  @Test
  void largestValueArrivesOnSlowestLink() throws Exception {
    proxy.link(LinkLimits.of(20_000, Duration.ofSeconds(3), Duration.ofSeconds(1)));
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      stream.put("/conf/a", "x".repeat(1_500_000));
      stream.put("/conf/b", "small");
      stream.follow(http.put("/other", "x").etcdIndex());
      stream.assertNothingWasPassed();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void outrunHistoryOnSlowLinkIsNotReportedAsGap() throws Exception {
    proxy.link(LinkLimits.of(1_000_000, Duration.ofMillis(700), Duration.ofMillis(100)));
    try (StreamRecorder stream = new StreamRecorder(source, "/conf", http)) {
      for (int i = 0; outruns(stream) < 2; i++) {
        stream.put("/conf/" + i, "x".repeat(i % 2 == 0 ? 10 : 20_000));
        PipelinedWriter.storm(etcd.clientUrl(), "/other", 8, 200);
        stream.follow(http.index());
      }
      stream.assertNothingWasPassed();
    }
  }

  private static long outruns(StreamRecorder stream) {
    return stream.notices().stream()
        .filter(notice -> notice.kind() == SourceNotice.Kind.HISTORY_OUTRUN)
        .count();
  }
}
