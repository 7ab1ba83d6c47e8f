package org.etcdmirror.service.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns of Python match the same in Java. What is expected was tried with Python 3. */
class PythonPatternTest {

  private static boolean matches(String python, String key) {
    return Pattern.compile(PythonPattern.toJava(python)).matcher(key).matches();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "/spicerack/locks/etcd(/.*)? /spicerack/locks/etcd",
        "/spicerack/locks/etcd(/.*)? /spicerack/locks/etcd/a/b",
        "/a/[[x]+ /a/[x",
        "/a/[x&&y]+ /a/x&y",
        "/a/[]x]+ /a/]x",
        "/a/[^]x]+ /a/y",
        "/a/[\\]x]+ /a/]x",
        "/a\\Z /a",
        "/a/\\d+ /a/٣",
        "/a/\\w+ /a/é",
        "/a/[\\w]+ /a/é",
        "/a/\\[x /a/[x",
      })
  void sameKeysMatch(String python, String key) {
    assertThat(matches(python, key)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "/spicerack/locks/etcd(/.*)? /spicerack/locks/etcd2",
        "/a /a/b",
        "/a/[^]x]+ /a/]",
        "/a/[x[y]z] /a/y",
        "/a/[a-z&&b]+ /a/]",
        "/a/\\D+ /a/٣",
      })
  void otherKeysDoNotMatch(String python, String key) {
    assertThat(matches(python, key)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"'/a/.*', '/a/\u2028b\rc\u0085'"})
  void dotMatchesAllButALineFeed(String python, String key) {
    assertThat(matches(python, key)).isTrue();
    assertThat(matches(python, "/a/\n")).isFalse();
  }
}
