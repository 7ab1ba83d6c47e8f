package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeleteLimitTest {

  @Test
  void defaultAllowsHundredKeysOrTenPercent() {
    DeleteLimit limit = DeleteLimit.DEFAULT;
    assertThat(limit.refuses(100, 100, false)).isFalse();
    assertThat(limit.refuses(101, 1010, false)).isFalse();
    assertThat(limit.refuses(101, 1009, false)).isTrue();
    assertThat(limit.refuses(1, 1_000_000, true)).isTrue();
    assertThat(limit.refuses(0, 0, true)).isFalse();
  }

  @Test
  void keyLimitIgnoresShare() {
    DeleteLimit limit = DeleteLimit.parse("5");
    assertThat(limit.refuses(5, 5, true)).isFalse();
    assertThat(limit.refuses(6, 1_000_000, false)).isTrue();
    assertThat(DeleteLimit.keys(0).refuses(1, 1_000_000, false)).isTrue();
  }

  @Test
  void percentLimitIgnoresKeyCount() {
    DeleteLimit limit = DeleteLimit.parse("25%");
    assertThat(limit.refuses(25, 100, true)).isFalse();
    assertThat(limit.refuses(26, 100, false)).isTrue();
    assertThat(DeleteLimit.percent(100).refuses(100, 100, true)).isFalse();
    assertThat(DeleteLimit.percent(0).refuses(1, 100, false)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "x", "5 %x", "-1", "101%", "-1%", "NaN%", "1.5"})
  void invalidLimitTextIsRefused(String text) {
    assertThatThrownBy(() -> DeleteLimit.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toStringShowsKeysAndPercent() {
    assertThat(DeleteLimit.DEFAULT).hasToString("100 keys and 10%");
    assertThat(DeleteLimit.keys(3)).hasToString("3 keys");
    assertThat(DeleteLimit.percent(3)).hasToString("3%");
  }
}
