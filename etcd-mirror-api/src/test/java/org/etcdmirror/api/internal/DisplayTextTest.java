package org.etcdmirror.api.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisplayTextTest {

  @Test
  void ordinaryTextStaysAsItIs() {
    assertThat(DisplayText.of("/conf/käse/鍵/\uD83D\uDE00 with blanks"))
        .isEqualTo("/conf/käse/鍵/\uD83D\uDE00 with blanks");
    assertThat(DisplayText.of(null)).isEqualTo("null");
  }

  @ParameterizedTest
  @CsvSource({
    "10, \\n",
    "13, \\r",
    "9, \\t",
    "27, \\u001b",
    "0, \\u0000",
    "8232, \\u2028",
    "8238, \\u202e",
    "8295, \\u2067",
    "8203, \\u200b",
    "65279, \\ufeff",
    "55357, \\ud83d",
    "917569, \\u{e0041}"
  })
  void controlAndInvisibleCharactersAreEscaped(int character, String shown) {
    assertThat(DisplayText.of("a" + Character.toString(character) + "b"))
        .isEqualTo("a" + shown + "b");
  }

  @Test
  void longTextIsCutAndShowsItsLength() {
    assertThat(DisplayText.of("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(DisplayText.of("x".repeat(201))).isEqualTo("x".repeat(200) + "... (201 characters)");
    assertThat(DisplayText.of("abc", 2)).isEqualTo("ab... (3 characters)");
  }

  @Test
  void surrogatePairIsNotSplit() {
    assertThat(DisplayText.of("a\uD83D\uDE00b", 2)).isEqualTo("a... (4 characters)");
  }

  @Test
  void keyIsShownCutAndEscaped() {
    assertThat(Bytes.utf8("/a\n\u001b[2J\u2028é")).hasToString("/a\\n\\u001b[2J\\u2028é");
    assertThat(Bytes.of(new byte[] {-1, 10})).hasToString("0xff0a");
    assertThat(Bytes.utf8("é".repeat(300))).hasToString("é".repeat(200) + "... (600 bytes)");
    assertThat(Bytes.utf8("鍵".repeat(1_000))).hasToString("鍵".repeat(200) + "... (3000 bytes)");
    assertThat(Bytes.utf8("x".repeat(200))).hasToString("x".repeat(200));
    assertThat(Bytes.of(new byte[1_400_000]).toString()).hasSizeLessThan(2_000);
  }

  @Test
  void textOrHexReturnsWholeKey() {
    assertThat(Bytes.utf8("x\n".repeat(500)).textOrHex()).isEqualTo("x\n".repeat(500));
    assertThat(Bytes.of(new byte[] {-1, 10}).textOrHex()).isEqualTo("0xff0a");
  }
}
