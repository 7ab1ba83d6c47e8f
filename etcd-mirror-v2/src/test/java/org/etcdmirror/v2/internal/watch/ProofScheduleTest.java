package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The schedule decides when to ask about the history next. */
class ProofScheduleTest {

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final ProofSchedule schedule = new ProofSchedule();

  @Test
  void questionsFollowAtOnceWhenFarBehindHead() {
    schedule.headSeen(1_000);
    for (long confirmed = 1; confirmed < 800; confirmed++) {
      assertThat(schedule.asksAgain(PATIENCE, confirmed, 0)).as("confirmed %d", confirmed).isTrue();
    }
  }

  @Test
  void everyTwentiethQuestionWaitsWhenNearHead() {
    schedule.headSeen(1_000);
    for (int i = 1; i < 20; i++) {
      assertThat(schedule.asksAgain(PATIENCE, 900 + i, 0)).as("question %d", i).isTrue();
    }
    assertThat(schedule.asksAgain(PATIENCE, 920, 0)).isFalse();
    assertThat(schedule.isDue(99_000_000)).isFalse();
    assertThat(schedule.isDue(100_000_000)).isTrue();
    assertThat(schedule.asksAgain(PATIENCE, 921, 100_000_000)).isTrue();
  }

  @Test
  void answerThatMovesIndexCountsAsAnswered() {
    schedule.headSeen(10);
    long later = Duration.ofMinutes(1).toNanos();
    assertThat(schedule.asksAgain(PATIENCE, 5, later)).isTrue();
    assertThat(schedule.failed(0, later + 1)).as("worth asking again").isTrue();
    assertThat(schedule.failed(0, later + Duration.ofSeconds(7).toNanos())).isFalse();
  }
}
