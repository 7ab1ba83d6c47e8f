package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.lifecycle.HistoryRate;
import org.junit.jupiter.api.Test;

class HeadroomTest extends MirrorFixture {

  private final HistoryRate rate = new HistoryRate(Duration.ofMinutes(10));

  private static long nanos(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void remainingTimeFollowsRecentClearingRate() {
    rate.observe(1000, nanos(0));
    assertThat(rate.lasts(100)).isNull();
    rate.observe(1000, nanos(10));
    assertThat(rate.lasts(100)).as("nothing was cleared").isNull();
    rate.observe(1020, nanos(20));
    assertThat(rate.lasts(100)).as("20 in 20 s").isEqualTo(Duration.ofSeconds(100));
    assertThat(rate.lasts(0)).isEqualTo(Duration.ZERO);
  }

  @Test
  void oldObservationsDoNotCountForRate() {
    rate.observe(1, nanos(0));
    rate.observe(100_000, nanos(10));
    rate.observe(100_000, nanos(300));
    rate.observe(100_000, nanos(611));
    assertThat(rate.lasts(100)).isNull();
  }

  @Test
  void rateRestartsWhenHistoryGoesBackwards() {
    rate.observe(1000, nanos(0));
    rate.observe(2000, nanos(10));
    rate.observe(5, nanos(20));
    assertThat(rate.lasts(100)).isNull();
    rate.observe(15, nanos(30));
    assertThat(rate.lasts(100)).isEqualTo(Duration.ofSeconds(100));
  }

  @Test
  void remainingTimeOfManyEventsDoesNotOverflow() {
    rate.observe(1, nanos(0));
    rate.observe(2, nanos(600));
    assertThat(rate.lasts(Long.MAX_VALUE)).isGreaterThan(Duration.ofDays(36_500));
  }

  private EtcdMirror watched() throws InterruptedException {
    return following(b -> b.historyInterval(Duration.ofMillis(5)));
  }

  @Test
  void statusShowsHowFarHistoryReachesBehindSink() throws Exception {
    source.foreignWrites(90);
    EtcdMirror mirror = watched();
    eventually(() -> new Headroom(100, null).equals(mirror.status().headroom()));
    source.clearHistory();
    eventually(() -> {
      Headroom now = mirror.status().headroom();
      return now != null && now.events() == 0 && Duration.ZERO.equals(now.lasts());
    });
    source.foreignWrites(7);
    eventually(() -> {
      Headroom now = mirror.status().headroom();
      return now != null && now.events() == 7;
    });
  }

  @Test
  void sinkWithoutIndexHasNoHeadroom() throws Exception {
    sink.preset("/conf/a", "1");
    EtcdMirror mirror = started(b -> b.historyInterval(Duration.ofMillis(5)));
    awaitState(mirror, MirrorState.BLOCKED);
    int looks = source.faults.calls("history");
    eventually(() -> source.faults.calls("history") > looks + 2);
    assertThat(mirror.status().headroom()).isNull();
  }

  @Test
  void failedHistoryReadClearsHeadroomWithoutMirrorError() throws Exception {
    EtcdMirror mirror = watched();
    eventually(() -> mirror.status().headroom() != null);
    source.faults.failAlways("history", () -> new IOException("down"));
    eventually(() -> mirror.status().headroom() == null);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    assertThat(mirror.status().lastError()).isNull();
    assertThat(told.retries).isEmpty();
    source.faults.heal("history");
    eventually(() -> mirror.status().headroom() != null);
  }

  @Test
  void hangingHistoryReadEndsWithMirror() throws Exception {
    Faults.Gate gate = source.faults.block("history");
    EtcdMirror mirror = following();
    gate.awaitReached();
    mirror.close();
    assertClosed(mirror, MirrorState.STOPPED);
  }

  @Test
  void permanentHistoryFailureEndsTheLooksAndNothingElse() throws Exception {
    EtcdMirror mirror = watched();
    eventually(() -> mirror.status().headroom() != null);
    source.faults.failAlways("history", () -> new PermanentException("not allowed"));
    eventually(() -> mirror.status().headroom() == null);
    int looks = source.faults.calls("history");
    source.put("/conf/a", "1");
    assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    assertThat(source.faults.calls("history")).isEqualTo(looks);
  }
}
