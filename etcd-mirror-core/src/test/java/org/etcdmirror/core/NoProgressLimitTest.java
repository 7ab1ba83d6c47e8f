package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.internal.NoProgressLimit;
import org.junit.jupiter.api.Test;

class NoProgressLimitTest {

  private static final Duration LONG = Duration.ofDays(1);

  private static void times(NoProgressLimit repeats, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      repeats.again("the watch at a:1", new IOException("it ended"));
    }
  }

  @Test
  void tooManyQuickRepeatsFailWithTheLastCause() throws Exception {
    NoProgressLimit repeats = new NoProgressLimit(3, LONG);
    times(repeats, 3);
    assertThatThrownBy(() -> times(repeats, 1))
        .isInstanceOf(IOException.class)
        .hasMessage("the watch at a:1 brought nothing 4 times in a row: it ended")
        .hasRootCauseMessage("it ended");
  }

  @Test
  void progressResetsRepeatCount() throws Exception {
    NoProgressLimit repeats = new NoProgressLimit(3, LONG);
    for (int i = 0; i < 10; i++) {
      times(repeats, 3);
      repeats.brought();
    }
  }

  @Test
  void slowRepeatsAreNotLimited() {
    assertThatCode(() -> times(new NoProgressLimit(1, Duration.ZERO), 100))
        .doesNotThrowAnyException();
  }

  @Test
  void zeroRepeatLimitIsRefused() {
    assertThatThrownBy(() -> new NoProgressLimit(0, LONG))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
