package org.etcdmirror.core.internal.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.etcdmirror.core.TaskProgress;
import org.etcdmirror.core.TaskProgress.Step;
import org.junit.jupiter.api.Test;

class TaskMeterTest {

  private final TaskMeter meter = new TaskMeter();

  private static long nanos(int second) {
    return Duration.ofSeconds(second).toNanos();
  }

  private TaskProgress at(int second) {
    return requireNonNull(meter.now(nanos(second)), "a task");
  }

  private void read(int entries, OptionalLong expected) {
    for (int i = 0; i < entries; i++) {
      meter.read(expected);
    }
  }

  @Test
  void withoutATaskThereIsNoProgress() {
    meter.read(OptionalLong.of(7));
    meter.wrote(1, 1);
    assertThat(meter.now(nanos(1))).isNull();

    meter.begins(Step.COPY, 0, nanos(1));
    meter.ends();
    assertThat(meter.now(nanos(2))).isNull();
  }

  @Test
  void countedSourceHasATimeLeft() {
    meter.begins(Step.COPY, 0, nanos(10));
    read(20, OptionalLong.of(100));
    meter.wrote(15, 0);

    assertThat(at(12))
        .isEqualTo(
            new TaskProgress(
                Step.COPY, 20, 100, 15, 0, Duration.ofSeconds(2), 10, Duration.ofSeconds(8)));
  }

  @Test
  void sourceThatDoesNotCountHasARateAndNoTimeLeft() {
    meter.begins(Step.COPY, 0, nanos(10));
    read(20, OptionalLong.empty());

    assertThat(at(12).expected()).isZero();
    assertThat(at(12).percent()).isEqualTo(-1);
    assertThat(at(12).perSecond()).isEqualTo(10);
    assertThat(at(12).timeLeft()).isNull();
  }

  @Test
  void moreEntriesThanExpectedLeaveNoNegativeTime() {
    meter.begins(Step.COPY, 0, nanos(10));
    read(30, OptionalLong.of(20));

    assertThat(at(12).expected()).isEqualTo(30);
    assertThat(at(12).percent()).isEqualTo(100);
    assertThat(at(12).timeLeft()).isEqualTo(Duration.ZERO);
  }

  @Test
  void stepCountsFromZeroAndTheAttemptGoesOn() {
    meter.begins(Step.LOOK, 0, nanos(10));
    read(20, OptionalLong.of(20));
    assertThat(at(15).perSecond()).isEqualTo(4);

    meter.begins(Step.COPY, 0, nanos(20));

    assertThat(at(30))
        .isEqualTo(new TaskProgress(Step.COPY, 0, 0, 0, 0, Duration.ofSeconds(20), 0, null));
  }

  @Test
  void repeatedAttemptBeginsAgain() {
    meter.begins(Step.COPY, 0, nanos(10));
    read(20, OptionalLong.of(40));
    meter.wrote(20, 0);
    assertThat(at(12).timeLeft()).isEqualTo(Duration.ofSeconds(2));
    meter.ends();

    meter.begins(Step.COPY, 0, nanos(100));

    assertThat(at(105))
        .isEqualTo(new TaskProgress(Step.COPY, 0, 0, 20, 0, Duration.ofSeconds(5), 0, null));
  }

  @Test
  void lastStepCountsDeletes() {
    meter.begins(Step.COPY, 0, nanos(10));
    meter.wrote(5, 2);
    meter.begins(Step.DELETE, 40, nanos(20));
    meter.wrote(6, 12);

    assertThat(at(25))
        .isEqualTo(
            new TaskProgress(
                Step.DELETE, 10, 40, 6, 12, Duration.ofSeconds(15), 2, Duration.ofSeconds(15)));
  }
}
