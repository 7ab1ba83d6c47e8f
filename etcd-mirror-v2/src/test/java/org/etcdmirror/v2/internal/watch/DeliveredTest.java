package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliveredTest {

  private final Delivered delivered = new Delivered();

  @Test
  void missedEventsAreDistinguishedFromRepeatedOnes() {
    delivered.begin(10);
    delivered.add(12);
    delivered.add(15);
    assertThat(delivered.misses(12)).isFalse();
    assertThat(delivered.misses(13)).isTrue();
  }

  @Test
  void indexesBeforeStartAreNotReportedAsMissed() {
    delivered.begin(10);
    assertThat(delivered.misses(9)).isFalse();
    assertThat(delivered.misses(10)).isFalse();
  }

  @Test
  void forgottenIndexesAreNotReportedAsMissed() {
    delivered.begin(0);
    for (long i = 2; i <= 20_000; i += 2) {
      delivered.add(i);
    }
    assertThat(delivered.misses(3)).isFalse();
    assertThat(delivered.misses(19_999)).isTrue();
    assertThat(delivered.misses(20_000)).isFalse();
  }
}
