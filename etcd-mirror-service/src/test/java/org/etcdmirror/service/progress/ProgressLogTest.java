package org.etcdmirror.service.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.core.TaskProgress;
import org.junit.jupiter.api.Test;

class ProgressLogTest {

  private final List<String> lines = new ArrayList<>();
  private final ProgressLog log = new ProgressLog(lines::add);

  private void showAfter(int seconds) {
    log.show(
        new TaskProgress(
            TaskProgress.Step.COPY, seconds, 0, 0, 0, Duration.ofSeconds(seconds), 0, null));
  }

  @Test
  void shortTaskWritesNothing() {
    for (int second = 1; second < 10; second++) {
      showAfter(second);
    }
    log.show(null);

    assertThat(lines).isEmpty();
  }

  @Test
  void longTaskWritesALineEveryTenSeconds() {
    for (int second = 1; second <= 35; second++) {
      showAfter(second);
    }

    assertThat(lines)
        .containsExactly(
            "copying: 10 entries; 0 written, 0 deleted",
            "copying: 20 entries; 0 written, 0 deleted",
            "copying: 30 entries; 0 written, 0 deleted");
  }

  @Test
  void nextTaskIsTimedFromItsOwnBeginning() {
    showAfter(19);
    log.show(null);
    showAfter(9);
    showAfter(10);

    assertThat(lines).hasSize(2).last().asString().startsWith("copying: 10 entries");
  }

  @Test
  void repeatedAttemptIsTimedFromItsOwnBeginning() {
    showAfter(19);
    showAfter(1);
    showAfter(10);

    assertThat(lines).hasSize(2).last().asString().startsWith("copying: 10 entries");
  }
}
