package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.core.internal.flow.StreamWorth;
import org.etcdmirror.core.internal.run.LogBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls without progress are repeated more rarely, counted, shown and logged a few times. */
@Timeout(MirrorFixture.LIMIT_SECONDS)
class MirrorNoProgressTest extends MirrorFixture {

  private static final int MOST_LINES = 10;

  @Test
  void streamsThatEndAtOnceKeepMirrorRetrying() throws Exception {
    EtcdMirror mirror = following();
    source.faults.failAlways("poll", () -> new IOException("ended at once"));
    eventually(() -> mirror.status().counters().retries() > 5);
    for (int i = 0; i < 200; i++, TimeUnit.MILLISECONDS.sleep(5)) {
      assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING);
      assertThat(mirror.status().caughtUp()).isFalse();
      assertThat(mirror.status().lastError()).isEqualTo("source: ended at once");
    }
    source.faults.healAll();
    source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.FOLLOWING);
    level(mirror);
  }

  @Test
  void emptyPollsWithoutWaitingCountAsFailure() throws Exception {
    EtcdMirror mirror = following();
    int before = source.faults.calls("poll");
    source.answerAtOnce();
    // The poll that already waits is not affected.
    source.put("/conf/a", "1");
    eventually(() -> mirror.status().counters().retries() > 20);
    assertThat(source.faults.calls("poll") - before).isLessThan(100_000);
    assertThat(mirror.status().lastError()).contains("brought nothing");
    source.put("/conf/b", "2");
    level(mirror);
  }

  @Test
  void indexFarAheadOfTheSourceIsNeverStored() throws Exception {
    EtcdMirror mirror = following();
    long known = source.index();
    source.leap(1L << 52);
    eventually(() -> String.valueOf(mirror.status().lastError()).contains("4503599627370496"));
    assertThat(mirror.status().index()).isEqualTo(known);
    assertThat(mirror.status().storedIndex()).isEqualTo(known);
    source.leap(0);
    source.put("/conf/a", "1");
    level(mirror);
    assertThat(mirror.status().counters().gaps()).isZero();
    eventually(() -> store.load().orElseThrow().index() == source.index());
  }

  @Test
  void lastingFailureIsLoggedFewTimesAMinute() throws Exception {
    EtcdMirror mirror = following();
    try (CapturedLog log = new CapturedLog()) {
      source.faults.failAlways("head", () -> new IOException("away"));
      source.breakStreams();
      eventually(() -> mirror.status().counters().retries() > 100);
      assertThat(log.lines(Level.INFO)).hasSizeBetween(1, MOST_LINES);
    }
  }

  @Test
  void logBudgetLimitsLines() {
    LogBudget budget = new LogBudget(2);
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      budget.write(end -> log.append("line").append(end).append('\n'));
    }
    assertThat(log).hasToString("line\nline\n");
  }

  @Test
  void streamWithProgressIsNotSlowed() throws Exception {
    StreamWorth worth = new StreamWorth();
    for (int i = 0; i < 100; i++) {
      assertThat(worth.opened(i)).isTrue();
      worth.polled(EventBatch.of(List.of(), i + 1, i + 1));
      assertThat(worth.resetsPauses() && worth.isConnection()).isTrue();
    }
  }

  @Test
  void streamsWithoutProgressCountAsConnectionTwice() throws Exception {
    StreamWorth worth = new StreamWorth();
    assertThat(worth.opened(5)).isTrue();
    assertThat(worth.opened(5)).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(worth.opened(5)).isFalse();
      worth.polled(EventBatch.of(List.of(), 5, 5));
      assertThat(worth.isConnection()).isFalse();
    }
    worth.polled(EventBatch.of(List.of(), 6, 6));
    assertThat(worth.isConnection()).isTrue();
    assertThat(worth.opened(6)).isTrue();
  }
}
