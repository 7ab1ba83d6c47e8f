package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class AttemptsTest {

  private final Attempts attempts = new Attempts();

  @Test
  void knowsWhatWasSentToAKeyOrToItsDirectory() {
    String value = attempts.value("/soak/a", "v");
    String queued = attempts.value("/soak/queue", "v");
    assertThat(attempts.unknown(Map.of("/soak/a", value, "/soak/queue/00012", queued))).isEmpty();
  }

  @Test
  void findsAValueThatNeverWas() {
    assertThat(attempts.unknown(Map.of("/soak/a", "v#7")))
        .hasValue("/soak/a never had the value 'v#7'");
  }

  @Test
  void findsAValueOfAnotherKey() {
    String value = attempts.value("/soak/a", "v");
    assertThat(attempts.unknown(Map.of("/soak/b", value))).isPresent();
  }
}
