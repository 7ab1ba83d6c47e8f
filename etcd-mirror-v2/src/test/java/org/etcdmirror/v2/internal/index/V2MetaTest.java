package org.etcdmirror.v2.internal.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The key beside an index is untrusted input. */
class V2MetaTest {

  private static final String WHOLE =
      "{\"savedAt\":\"2026-01-02T03:04:05Z\",\"owner\":\"o\",\"notes\":{\"a\":\"b\"}}";

  static Stream<String> forged() {
    int many = 1 << 20;
    return Stream.of(
        "{\"x\":" + "[".repeat(many) + "]".repeat(many - 20) + "}",
        "{\"x\":" + "{\"x\":".repeat(100_000) + "1" + "}".repeat(100_000) + "}",
        WHOLE.replace("\"b\"", "\"" + "b".repeat(3 * many) + "\""),
        WHOLE.replace("\"b\"", "9".repeat(many)),
        WHOLE.replace("\"a\"", "\"" + "no name ".repeat(1_000) + "\""),
        WHOLE.replace("2026", "99999999999"),
        "9".repeat(many),
        "");
  }

  @Test
  void validDescriptionIsRead() {
    assertThat(V2Meta.parse(WHOLE, "/meta").notes()).containsEntry("a", "b");
  }

  @ParameterizedTest(name = "[{index}]")
  @MethodSource("forged")
  void forgedDescriptionIsRefusedInOneSentence(String json) {
    assertThatThrownBy(() -> V2Meta.parse(json, "/meta"))
        .isInstanceOf(PermanentException.class)
        .hasMessageStartingWith("/meta ")
        .message()
        .hasSizeLessThan(400);
  }
}
