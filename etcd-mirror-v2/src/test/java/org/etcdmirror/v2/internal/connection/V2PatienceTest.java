package org.etcdmirror.v2.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;

class V2PatienceTest {

  private static final HttpUrl ONE = HttpUrl.get("http://127.0.0.1:1/");
  private static final HttpUrl OTHER = HttpUrl.get("http://127.0.0.1:2/");

  private final V2Patience patience = new V2Patience();

  @Test
  void eachTimeoutDoublesPatienceOfEndpointUpToOneMinute() {
    assertThat(patience.of(ONE)).isEqualTo(Duration.ofSeconds(3));
    patience.timedOut(ONE, patience.of(ONE));
    assertThat(patience.of(ONE)).isEqualTo(Duration.ofSeconds(6));
    for (int i = 0; i < 10; i++) {
      patience.timedOut(ONE, patience.of(ONE));
    }
    assertThat(patience.of(ONE)).isEqualTo(Duration.ofMinutes(1));
    assertThat(patience.of(OTHER)).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void concurrentTimeoutsDoublePatienceOnce() {
    Duration waited = patience.of(ONE);
    patience.timedOut(ONE, waited);
    patience.timedOut(ONE, waited);
    assertThat(patience.of(ONE)).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void patienceIsFourTimesSlowAnswerAndShrinksWithFastOnes() {
    patience.answered(ONE, Duration.ofSeconds(6).toNanos());
    assertThat(patience.of(ONE)).isEqualTo(Duration.ofSeconds(24));
    assertThat(patience.lastAnswer(ONE)).isEqualTo(Duration.ofSeconds(6));
    for (int i = 0; i < 20; i++) {
      patience.answered(ONE, 1_000_000);
    }
    assertThat(patience.of(ONE)).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void lateMatchProlongsPauseBeforeNextHalfClose() {
    assertThat(patience.pause(ONE)).isEqualTo(Duration.ofMillis(150));
    patience.matched(ONE, 1_000_000);
    assertThat(patience.pause(ONE)).isEqualTo(Duration.ofMillis(150));
    patience.matched(ONE, 100_000_000);
    assertThat(patience.pause(ONE)).isEqualTo(Duration.ofMillis(400));
    patience.matched(ONE, 3_000_000_000L);
    assertThat(patience.pause(ONE)).isEqualTo(Duration.ofSeconds(1));
    for (int i = 0; i < 20; i++) {
      patience.matched(ONE, 1_000_000);
    }
    assertThat(patience.pause(ONE)).isEqualTo(Duration.ofMillis(150));
  }
}
