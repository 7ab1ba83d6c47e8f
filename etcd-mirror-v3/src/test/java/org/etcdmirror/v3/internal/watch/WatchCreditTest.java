package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many answers of a watch are requested in advance. */
class WatchCreditTest {

  private static final int MIB = 1 << 20;

  @Test
  void firstAnswerIsRequestedAlone() {
    WatchCredit credit = new WatchCredit();
    assertThat(credit.more()).isEqualTo(1);
    assertThat(credit.more()).isZero();
  }

  @Test
  void severalSmallAnswersAreRequestedInAdvance() {
    WatchCredit credit = withSmallAnswers();
    assertThat(credit.more()).isEqualTo(4);
    credit.came(100);
    assertThat(credit.more()).isZero();
    credit.taken(100);
    assertThat(credit.more()).isEqualTo(1);
  }

  @Test
  void largeAnswersReduceRequestsInAdvance() {
    WatchCredit credit = withSmallAnswers();
    assertThat(credit.more()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      credit.came(3 * MIB);
    }
    for (int i = 0; i < 3; i++) {
      credit.taken(3 * MIB);
      assertThat(credit.more()).isZero();
    }
    credit.taken(3 * MIB);
    assertThat(credit.more()).isEqualTo(1);
  }

  @Test
  void expectedSizeFallsByQuarterWithEachSmallAnswer() {
    WatchCredit credit = new WatchCredit();
    assertThat(IntStream.range(0, 6).map(i -> smallAnswers(credit)))
        .containsExactly(1, 1, 1, 2, 4, 4);
  }

  @Test
  void answerLargerThanByteLimitIsRequestedAlone() {
    WatchCredit credit = withSmallAnswers();
    assertThat(credit.more()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      credit.came(100 * MIB);
      credit.taken(100 * MIB);
    }
    assertThat(credit.more()).isEqualTo(1);
  }

  private static WatchCredit withSmallAnswers() {
    WatchCredit credit = new WatchCredit();
    for (int i = 0; i < 10; i++) {
      smallAnswers(credit);
    }
    return credit;
  }

  /** Returns how many were asked for. */
  private static int smallAnswers(WatchCredit credit) {
    int asked = credit.more();
    for (int i = 0; i < asked; i++) {
      credit.came(1);
      credit.taken(1);
    }
    return asked;
  }
}
