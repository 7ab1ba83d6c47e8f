package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatchUpTest {

  @ParameterizedTest
  @CsvSource({"REPLAY,1,0", "REPLAY,0,1", "COLLAPSE,1,0", "HOLD,-1,0", "HOLD,0,-1"})
  void boundThatCannotBeOrHasNoEffectIsRefused(CatchUp.Mode mode, long events, long seconds) {
    assertThatThrownBy(() -> new CatchUp(mode, events, Duration.ofSeconds(seconds)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("events=%d, age=%s".formatted(events, Duration.ofSeconds(seconds)));
  }
}
