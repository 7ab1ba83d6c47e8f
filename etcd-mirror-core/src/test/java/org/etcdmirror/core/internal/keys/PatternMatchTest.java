package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternMatchTest {

  private static final String KEY = "/conf/" + "a".repeat(60_000);

  @Test
  void ordinaryPatternMatchesALongKey() {
    assertThat(PatternMatch.matches(Pattern.compile(".*/conf/.*"), KEY)).isTrue();
    assertThat(PatternMatch.matches(Pattern.compile("/conf/[a-z]+"), KEY)).isTrue();
    assertThat(PatternMatch.matches(Pattern.compile("/conf/(?:x|y).*"), KEY)).isFalse();
    assertThat(PatternMatch.matches(Pattern.compile(".*/secret(/.*)?"), KEY)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/conf/(a+)+b", "/conf/(a|b)*c", ".*a.*a.*a.*b"})
  void slowPatternFailsAndIsNamed(String pattern) {
    assertThatThrownBy(() -> PatternMatch.matches(Pattern.compile(pattern), KEY))
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll(pattern, "60006 characters", "takes too long")
        .hasMessageNotContaining("a".repeat(300));
  }
}
