package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.tls.Access;
import org.junit.jupiter.api.Test;

class SharedClusterTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final SharedCluster cluster = new SharedCluster(Access.ANONYMOUS);
  private final AtomicInteger asked = new AtomicInteger();

  private void enter(int clients) {
    for (int i = 0; i < clients; i++) {
      cluster.enter();
    }
  }

  private SourceHistory history() throws Exception {
    return cluster.history(() -> new SourceHistory(asked.incrementAndGet(), 100));
  }

  @Test
  void fewClientsAskAsOftenAsOne() {
    enter(SharedCluster.MOST_A_SECOND);
    assertThat(cluster.turnNanos(SECOND)).isEqualTo(SECOND);
  }

  @Test
  void thousandClientsAskFiftyTimesASecondTogether() {
    enter(1000);
    double perSecond = 0;
    for (int client = 0; client < 1000; client++) {
      long turn = cluster.turnNanos(SECOND);
      assertThat(turn).isBetween(16 * SECOND, 24 * SECOND);
      perSecond += (double) SECOND / turn;
    }
    assertThat(perSecond).isBetween(45.0, 55.0);
  }

  @Test
  void noClientWaitsSoLongThatItsMirrorDoesNotCountAsLevel() {
    enter(10_000);
    for (int i = 0; i < 1000; i++) {
      assertThat(cluster.turnNanos(SECOND)).isLessThanOrEqualTo(24 * SECOND);
    }
  }

  @Test
  void clientsThatLeftHaveNoTurn() {
    enter(1000);
    for (int i = 0; i < 990; i++) {
      assertThat(cluster.leave()).isFalse();
    }
    assertThat(cluster.turnNanos(SECOND)).isEqualTo(SECOND);
  }

  @Test
  void oneOfManyClientsAsksForTheHistory() throws Exception {
    enter(1000);
    SourceHistory first = history();
    for (int i = 0; i < 100; i++) {
      assertThat(history().oldest()).isLessThanOrEqualTo(asked.get());
    }
    assertThat(first.oldest()).isOne();
    assertThat(asked.get()).isLessThan(50);
  }

  @Test
  void fewClientsAskForTheHistoryEachTime() throws Exception {
    enter(2);
    assertThat(history().oldest()).isOne();
    assertThat(history().oldest()).isEqualTo(2);
  }
}
