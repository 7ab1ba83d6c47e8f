package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each wrong command or parameter ends with exit code 2 and one line on stderr. */
@Timeout(120)
class BadCommandTest {

  private static final String[] GOOD = {
    "--source", "v2:http://a:1", "--sink", "v2:http://b:1", "--prefix", "/conftool=/copy"
  };

  @Test
  void commandIsRequired() {
    Cli cli = Cli.execute();

    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err())
        .startsWith("etcd-mirror: name a command: run, doctor, once, plan")
        .hasLineCount(1);
  }

  @Test
  void unknownCommandIsNamed() {
    Cli cli = Cli.execute("replicate");

    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("'replicate'").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version"})
  void helpAndVersionEndWithExitCodeZero(String option) {
    Cli cli = Cli.execute(option);

    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("etcd-mirror");
    assertThat(cli.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "once", "plan", "verify", "index show", "index set", "cutover"})
  void helpOfACommandListsItsOptions(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.add("--help");

    Cli cli = Cli.execute(words.toArray(String[]::new));

    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("--source=ADDRESS", "--prefix=PREFIX[=TARGET]", "--config=FILE");
  }

  @Test
  void indexCommandRequiresASubcommand() {
    assertThat(lineOf("index"))
        .isEqualTo("etcd-mirror: name a command: 'index show' or 'index set N'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          index set            | Missing required parameter: 'N'
          index set many       | (N): 'many' is not a whole number
          index set -5         | N: an index must not be negative: -5
          verify --samples x   | --samples: 'x' is not a whole number of at least 0
          cutover --timeout 5  | --timeout: '5' is not a duration
          cutover --timeout 0s | --timeout: '0s' must be more than 0
          cutover --http none  | --http: none needs --drained
          cutover --index-store file:/tmp/x | use target
          cutover --exclude /conftool/x     | --exclude: the scope '/conftool=/copy' has no inverse
          run --force          | Unknown option: '--force'
          """)
  void wrongOptionOrParameterOfACommandIsNamed(String command, String why) {
    assertThat(lineOf(command, GOOD)).contains(why);
  }

  private static String lineOf(String command, String... more) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(List.of(more));
    Cli cli = Cli.execute(words.toArray(String[]::new));
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasLineCount(1);
    return cli.err().strip();
  }
}
