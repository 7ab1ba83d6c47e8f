package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The pace stays far within etcd's history of 1000 events. */
class HandOverPaceTest {

  private static final long SECOND = 1_000_000_000L;

  private final HandOverPace pace = new HandOverPace();

  @Test
  void idleStoreIsAskedOncePerSecond() {
    pace.seen(100, 0);
    pace.seen(100, SECOND);
    assertThat(pace.next()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void busyStoreIsAskedAfterFractionOfItsHistory() {
    pace.seen(0, 0);
    pace.seen(1_000, SECOND);
    assertThat(pace.next()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void busiestStoreIsAskedAtMostTwentyTimesPerSecond() {
    pace.seen(0, 0);
    pace.seen(100_000, SECOND);
    assertThat(pace.next()).isEqualTo(Duration.ofMillis(50));
  }

  @Test
  void risingRateCountsAtOnceAndOldRateFades() {
    pace.seen(0, 0);
    pace.seen(10, SECOND);
    pace.seen(2_010, 2 * SECOND);
    assertThat(pace.next()).isEqualTo(Duration.ofMillis(100));
    for (int i = 3; i < 10; i++) {
      pace.seen(2_010, i * SECOND);
    }
    assertThat(pace.next()).isEqualTo(Duration.ofSeconds(1));
  }
}
