package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong arguments of the command that takes the place of an older program. */
@Timeout(120)
class EtcdmirrorUsageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://a:1                                | Missing required parameter: 'DST'
          http://a:1 http://c:1 http://d:1          | http://d:1
          http://a:1 http://c                       | DST: 'http://c' is not http://HOST:PORT
          --strips http://a:1 http://c:1            | Unknown option: '--strips'
          --port x http://a:1 http://c:1            | --port: '0.0.0.0:x' is neither
          --src-prefix a http://a:1 http://c:1      | --src-prefix: 'a' must begin with a slash
          --source=v2:x http://a:1 http://c:1       | Unknown option: '--source'
          """)
  void wrongArgumentEndsWithExitCodeTwoAndOneLine(String arguments, String why) {
    Cli cli = Cli.execute(("etcdmirror " + arguments).split(" "));

    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains(why).hasLineCount(1);
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void passwordOfAWrongAddressIsNotShown() {
    Cli cli = Cli.execute("etcdmirror", "http://me:secret@a", "http://c:1");

    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).doesNotContain("secret");
  }

  @Test
  void helpNamesTheArguments() {
    Cli cli = Cli.execute("etcdmirror", "--help");

    assertThat(cli.code()).isZero();
    assertThat(cli.out())
        .contains(
            "SRC", "DST", "--src-ignore-keys-regex=REGEX", "Default: /replica", "-d, --debug");
  }
}
