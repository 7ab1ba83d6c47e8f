package org.etcdmirror.v2.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import okhttp3.HttpUrl;
import org.etcdmirror.v2.internal.connection.HalfCloseAnswers.Known;
import org.junit.jupiter.api.Test;

class HalfCloseAnswersTest {

  private static final HttpUrl ONE = HttpUrl.get("http://127.0.0.1:1/");

  private final HalfCloseAnswers answers = new HalfCloseAnswers();

  @Test
  void firstAnswerMarksEndpointAsAnswering() {
    assertThat(answers.of(ONE)).isEqualTo(Known.NOTHING);
    assertThat(answers.answered(ONE)).isTrue();
    assertThat(answers.of(ONE)).isEqualTo(Known.ANSWERS);
  }

  @Test
  void threeMissingAnswersMarkEndpointAsNotAnswering() {
    answers.answered(ONE);
    answers.unanswered(ONE);
    assertThat(answers.of(ONE)).isEqualTo(Known.NOTHING);
    answers.unanswered(ONE);
    answers.unanswered(ONE);
    assertThat(answers.of(ONE)).isEqualTo(Known.DOES_NOT_ANSWER);
  }

  @Test
  void threeAnswersAreNeededAfterMissingAnswers() {
    for (int i = 0; i < 3; i++) {
      answers.unanswered(ONE);
    }
    assertThat(answers.answered(ONE)).isFalse();
    assertThat(answers.answered(ONE)).isFalse();
    assertThat(answers.of(ONE)).isEqualTo(Known.DOES_NOT_ANSWER);
    assertThat(answers.answered(ONE)).isTrue();
    assertThat(answers.of(ONE)).isEqualTo(Known.ANSWERS);
  }

  @Test
  void missingAnswerIsReportedOnce() {
    assertThat(answers.isFirstReport(ONE)).isTrue();
    assertThat(answers.isFirstReport(ONE)).isFalse();
    assertThat(HalfCloseAnswers.notice(ONE).detail()).contains("127.0.0.1:1");
  }
}
