package org.etcdmirror.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completion file of the packages, in a real bash. */
@Timeout(600)
class CompletionTest {

  private static final String FILE = System.getProperty("packaging.completion");

  @ParameterizedTest
  @CsvSource({"verif, verify", "run --verify-ev, --verify-every", "index sh, show"})
  void wordIsCompleted(String typed, String completed) {
    String script =
        """
        . "$1"
        # It works only while a person types.
        compopt() { :; }
        read -ra COMP_WORDS <<<"etcd-mirror $2"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        function=$(complete -p etcd-mirror)
        function=${function##*-F }
        ${function%% *} etcd-mirror "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "${COMPREPLY[@]}"
        """;

    Command.Result result =
        Command.of("bash", "-c", script, "bash", FILE, typed).run().requireSuccess();

    assertThat(result.out().strip()).isEqualTo(completed);
    assertThat(result.err()).isEmpty();
  }

  @Test
  void bashFindsNoMistake() {
    Command.of("bash", "-n", FILE).run().requireSuccess();
  }
}
