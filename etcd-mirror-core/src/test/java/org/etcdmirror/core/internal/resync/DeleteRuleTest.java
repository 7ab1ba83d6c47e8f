package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.core.DeleteLimit;
import org.junit.jupiter.api.Test;

/** Deletes that nobody allowed must not happen; a question must name the limit that they break. */
class DeleteRuleTest {

  private static final DeleteLimit BOTH = new DeleteLimit(100, 10, false);

  private static DeleteRule rule(DeleteLimit limit) {
    return new DeleteRule(limit, false, false);
  }

  private static DeleteRule asked(DeleteLimit limit) {
    return new DeleteRule(limit, true, false);
  }

  @Test
  void manyDeletesAreRefusedOnlyIfTheyAreALargeShare() {
    assertThat(rule(BOTH).refuses(101, 1000, false)).isTrue();
    assertThat(rule(BOTH).refuses(101, 2000, false)).isFalse();
    assertThat(rule(BOTH).refuses(100, 100, false)).isFalse();
  }

  @Test
  void firstCopyIntoAForeignSinkAsksForEachDelete() {
    DeleteRule rule = new DeleteRule(BOTH, false, true);
    assertThat(rule.refuses(1, 1_000_000, false)).isTrue();
    assertThat(rule.refuses(0, 1_000_000, false)).isFalse();
    assertThat(rule.reason(1, 1_000_000, false))
        .isEqualTo("a first copy deletes only what was approved");
  }

  @Test
  void questionStandsUntilNoneOfTheLimitsIsPassed() {
    assertThat(asked(BOTH).refuses(101, 1_000_000, false)).as("more keys").isTrue();
    assertThat(asked(BOTH).refuses(50, 100, false)).as("a larger share").isTrue();
    assertThat(asked(BOTH).refuses(100, 1000, false)).isFalse();
    assertThat(asked(BOTH).refuses(10, 100, false)).isFalse();
    assertThat(asked(BOTH).refuses(11, 100, false)).isTrue();
    assertThat(asked(BOTH).refuses(0, 0, true)).isFalse();
  }

  @Test
  void questionAboutAnEmptySourceStandsUntilItHoldsSomething() {
    assertThat(asked(BOTH).refuses(1, 1000, true)).isTrue();
    assertThat(asked(BOTH).refuses(1, 1000, false)).isFalse();
    assertThat(asked(DeleteLimit.keys(5)).refuses(1, 1000, true)).as("allowed").isFalse();
  }

  @Test
  void limitThatWasNotNamedDoesNotCountAfterAQuestion() {
    assertThat(asked(DeleteLimit.keys(5)).refuses(5, 5, false)).isFalse();
    assertThat(asked(DeleteLimit.keys(5)).refuses(6, 1_000_000, false)).isTrue();
    assertThat(asked(DeleteLimit.percent(50)).refuses(500, 1000, false)).isFalse();
    assertThat(asked(DeleteLimit.percent(50)).refuses(501, 1000, false)).isTrue();
    assertThat(asked(DeleteLimit.keys(0)).refuses(1, 1000, false)).as("none allowed").isTrue();
  }

  @Test
  void reasonNamesTheLimitThatIsBroken() {
    assertThat(rule(BOTH).reason(5, 100, false)).as("not refused").isNull();
    assertThat(rule(BOTH).reason(5, 100, true)).isEqualTo("the source is empty");
    assertThat(rule(BOTH).reason(101, 200, false))
        .isEqualTo("more than 100 keys and 10% of the sink");
    assertThat(rule(DeleteLimit.keys(5)).reason(6, 9, true)).isEqualTo("more than 5 keys");
    assertThat(rule(DeleteLimit.percent(5)).reason(6, 9, false))
        .isEqualTo("more than 5% of the sink");
  }

  @Test
  void reasonAfterAQuestionNamesTheOneLimitThatIsBroken() {
    String alone = " (after a refused plan, both limits must hold)";
    assertThat(asked(BOTH).reason(101, 1_000_000, false)).isEqualTo("more than 100 keys" + alone);
    assertThat(asked(BOTH).reason(100, 200, false)).isEqualTo("more than 10% of the sink" + alone);
    assertThat(asked(DeleteLimit.keys(5)).reason(6, 9, false))
        .isEqualTo("more than 5 keys" + alone);
    assertThat(asked(DeleteLimit.percent(5)).reason(6, 9, false))
        .isEqualTo("more than 5% of the sink" + alone);
  }
}
