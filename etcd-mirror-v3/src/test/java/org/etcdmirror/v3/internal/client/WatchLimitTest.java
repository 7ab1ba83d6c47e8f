package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How large a watch response may be, and when another attempt is pointless. */
class WatchLimitTest {

  private static final long HEAP = 64L << 20;

  private static int refusals(WatchLimit limit) {
    int refusals = 1;
    while (limit.exceeded() == null) {
      refusals++;
      assertThat(refusals).as("it ends").isLessThan(100);
    }
    return refusals;
  }

  @Test
  void limitGrowsToQuarterOfHeapAndThenRefusalIsFinal() {
    WatchLimit limit = new WatchLimit(HEAP);
    assertThat(limit.bytes()).isEqualTo(8 << 20);
    assertThat(refusals(limit)).isGreaterThan(8);
    assertThat(limit.bytes()).isEqualTo(16 << 20);
    assertThat(limit.exceeded())
        .contains("16777216 bytes", "64 MiB", "-Xmx", "--max-request-bytes");
  }

  @Test
  void receivedEventsResetRefusalCount() {
    WatchLimit limit = new WatchLimit(HEAP);
    for (int i = 0; i < 100; i++) {
      assertThat(limit.exceeded()).isNull();
      limit.kept();
    }
    assertThat(limit.bytes()).isEqualTo(8 << 20);
  }

  @Test
  void aSmallHeapHasTheSmallestLimit() {
    WatchLimit limit = new WatchLimit(1 << 20);
    assertThat(refusals(limit)).isGreaterThan(8);
    assertThat(limit.bytes()).isEqualTo(8 << 20);
  }
}
