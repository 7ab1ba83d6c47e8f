package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When the next question about the history is asked. */
class ProofScheduleTest {

  private final ProofSchedule schedule = new ProofSchedule();

  @Test
  void farBehindTheHeadEachQuestionFollowsAtOnce() {
    schedule.headSeen(1_000);
    for (long confirmed = 1; confirmed < 800; confirmed++) {
      assertThat(schedule.asksAgain(confirmed, 0)).as("confirmed %d", confirmed).isTrue();
    }
  }

  @Test
  void nearTheHeadEveryTwentiethQuestionWaitsAMoment() {
    schedule.headSeen(1_000);
    for (int i = 1; i < 20; i++) {
      assertThat(schedule.asksAgain(900 + i, 0)).as("question %d", i).isTrue();
    }
    assertThat(schedule.asksAgain(920, 0)).isFalse();
    assertThat(schedule.isDue(99_000_000)).isFalse();
    assertThat(schedule.isDue(100_000_000)).isTrue();
    assertThat(schedule.asksAgain(921, 100_000_000)).isTrue();
  }
}
