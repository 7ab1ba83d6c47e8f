package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.etcdmirror.core.TaskProgress.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskProgressTest {

  private static TaskProgress progress(long expected, double rate, @Nullable Duration timeLeft) {
    return new TaskProgress(Step.COPY, 250, expected, 200, 3, Duration.ZERO, rate, timeLeft);
  }

  @Test
  void descriptionNamesShareRateAndTimeLeft() {
    assertThat(progress(1000, 41.7, Duration.ofSeconds(18)).describe())
        .isEqualTo(
            "copying: 250 of 1000 entries (25%), 42 a second, about 18 s left; 200 written, 3 deleted");
  }

  @Test
  void descriptionLeavesOutWhatIsNotKnown() {
    assertThat(progress(0, 0, null).describe())
        .isEqualTo("copying: 250 entries; 200 written, 3 deleted");
    assertThat(progress(0, 0.25, null).describe())
        .isEqualTo("copying: 250 entries, 0.3 a second; 200 written, 3 deleted");
  }

  @Test
  void comparisonWritesNothing() {
    TaskProgress compared = new TaskProgress(Step.COMPARE, 250, 1000, 0, 0, Duration.ZERO, 0, null);
    assertThat(compared.describe()).isEqualTo("comparing: 250 of 1000 entries (25%)");
  }

  @Test
  void timesHaveTheirTwoLargestUnits() {
    assertThat(TaskProgress.inWords(Duration.ofMillis(59_900))).isEqualTo("59 s");
    assertThat(TaskProgress.inWords(Duration.ofSeconds(61))).isEqualTo("1 min 1 s");
    assertThat(TaskProgress.inWords(Duration.ofSeconds(3 * 3600 + 65))).isEqualTo("3 h 1 min");
    assertThat(TaskProgress.inWords(Duration.ofHours(50))).isEqualTo("2 d 2 h");
  }
}
