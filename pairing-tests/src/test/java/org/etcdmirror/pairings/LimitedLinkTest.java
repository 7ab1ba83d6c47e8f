package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One side is behind a slow line, and values of every size pass it: all of them arrive, the mirror
 * never makes a false claim, and no gap is found where there is none.
 */
@Timeout(1800)
class LimitedLinkTest {

  private static final Duration MOST_DELAY = Duration.ofSeconds(3);
  private static final Duration MOST_DELAY_SHORT = Duration.ofMillis(300);
  private static final int LEAST_BANDWIDTH = 20_000;
  private static final int MOST_BANDWIDTH = 10_000_000;
  private static final int LARGEST_VALUE = 1_400_000;
  private static final int KEYS = 5;

  @ParameterizedTest(name = "{0} to {1}, the {2} is far")
  @CsvSource({"v3,v3,source", "v3,v3,sink", "v2,v2,sink"})
  void valuesOfAllSizesArriveOverASlowLine(String from, String to, String far) throws Exception {
    run(from, to, far, MOST_DELAY_SHORT, 5, PATIENCE);
  }

  @Tag("soak")
  @ParameterizedTest(name = "{0} to {1}, the {2} is far")
  @CsvSource({"v3,v3,source", "v3,v3,sink", "v2,v2,sink", "v3,v2,sink", "v2,v3,sink"})
  void valuesOfAllSizesArriveOverAVerySlowLine(String from, String to, String far)
      throws Exception {
    for (int i = 0; i < 3; i++) {
      run(from, to, far, MOST_DELAY, 30, Duration.ofMinutes(8));
    }
  }

  /**
   * As much is written as the line carries in this time, without its delays.
   *
   * @param seconds what the values take on the line at least
   */
  private static void run(
      String from, String to, String far, Duration mostDelay, int seconds, Duration patience)
      throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    LinkLimits limits = limits(random, mostDelay);
    String name = "LimitedLinkTest %s to %s, far %s, seed %d: %s";
    name = name.formatted(from, to, far, seed, limits);
    System.out.println(name);
    try (EtcdServer source = EtcdServer.start();
        EtcdServer sink = EtcdServer.start();
        FaultProxy proxy = FaultProxy.to((far.equals("source") ? source : sink).clientUrl())) {
      Keyspace sourceKeys = Keyspace.of(from, source);
      Keyspace sinkKeys = Keyspace.of(to, sink);
      Link link =
          far.equals("source")
              ? new Link(Keyspace.at(from, proxy.url()), sinkKeys)
              : new Link(sourceKeys, Keyspace.at(to, proxy.url()));
      List<Gap.Reason> gaps = new CopyOnWriteArrayList<>();
      try (EtcdMirror mirror = link.following(builder -> builder.listener(noting(gaps)))) {
        proxy.link(limits);
        History history = new History();
        Witness witness = new Witness(sinkKeys, history);
        write(random, limits.bytesPerSecond() * seconds, sourceKeys, history, witness, mirror);
        assertThat(mirror.await(sourceKeys.index(), patience))
            .as("%s: %s", name, mirror.status())
            .isTrue();
        witness.look(mirror);
        assertThat(sinkKeys.values("/conf/").equals(sourceKeys.values("/conf/"))).as(name).isTrue();
        VerifyReport report = verified(mirror, patience);
        assertThat(report.isEqual()).as("%s: %s", name, report.describe()).isTrue();
        witness.judge(name);
        assertThat(gaps).as(name).isEmpty();
      }
    }
  }

  /** A line may be too slow for the first attempts; each failure gives the next one more time. */
  private static VerifyReport verified(EtcdMirror mirror, Duration patience) {
    return await()
        .atMost(patience)
        .ignoreExceptionsMatching(IOException.class::isInstance)
        .until(mirror::verify, report -> true);
  }

  private static MirrorListener noting(List<Gap.Reason> gaps) {
    return new MirrorListener() {
      @Override
      public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
        gaps.add(gap.reason());
      }
    };
  }

  private static LinkLimits limits(Random random, Duration mostDelay) {
    Duration delay = Duration.ofMillis(between(random, 1, mostDelay.toMillis()));
    return LinkLimits.of(
        between(random, LEAST_BANDWIDTH, MOST_BANDWIDTH),
        delay,
        delay.multipliedBy(random.nextInt(100)).dividedBy(100));
  }

  /** Each order of magnitude is as likely as any other. */
  private static long between(Random random, double least, double most) {
    return Math.round(least * Math.pow(most / least, random.nextDouble()));
  }

  private static void write(
      Random random,
      long budget,
      Keyspace source,
      History history,
      Witness witness,
      EtcdMirror mirror)
      throws InterruptedException {
    long left = budget;
    for (int i = 0; i < 200 && left > 0; i++) {
      int size = (int) Math.min(left, between(random, 1, LARGEST_VALUE));
      String key = "/conf/" + random.nextInt(KEYS);
      String value = value(i, size);
      try {
        history.wrote(key, Witness.abbreviated(value), source.write(key, value));
      } catch (IllegalStateException noAnswer) {
        // A busy server gives up after 7 s, and may still carry it out.
        history.mayHaveWritten(key, Witness.abbreviated(value));
      }
      left -= size;
      // Close behind each other, or with silence in between.
      for (int looks = random.nextInt(3) * random.nextInt(8); looks > 0; looks--) {
        witness.look(mirror);
      }
    }
  }

  private static String value(int number, int size) {
    String start = number + ".";
    return size <= start.length()
        ? start.substring(0, size)
        : start + "x".repeat(size - start.length());
  }
}
