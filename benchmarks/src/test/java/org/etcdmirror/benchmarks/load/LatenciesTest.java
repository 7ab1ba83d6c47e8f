package org.etcdmirror.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {

  @Test
  void aShareOfTheWritesDidNotTakeLonger() {
    Latencies latencies = new Latencies(200);
    for (int millis = 100; millis > 0; millis--) {
      latencies.add(millis * 1_000_000L);
    }
    assertThat(latencies.millis(0.5)).isEqualTo(50);
    assertThat(latencies.millis(0.99)).isEqualTo(99);
    assertThat(latencies.millis(0.999)).isEqualTo(100);
  }

  @Test
  void aWriteThatArrivedBeforeItWasAcknowledgedTookNoTime() {
    Latencies latencies = new Latencies(1);
    latencies.add(-5);
    assertThat(latencies.millis(0.5)).isZero();
  }
}
