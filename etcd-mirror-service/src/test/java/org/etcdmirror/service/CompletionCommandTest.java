package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.service.config.LinkOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The completion that the packages contain. */
@Timeout(120)
class CompletionCommandTest {

  private static final Cli CLI = Cli.execute("completion");

  @Test
  void completionIsForTheLauncher() {
    assertThat(CLI.code()).isZero();
    assertThat(CLI.err()).isEmpty();
    assertThat(CLI.out()).startsWith("#!/").containsPattern("(?m)^complete .* etcd-mirror ");
  }

  @ParameterizedTest
  @EnumSource(LinkOption.class)
  void optionsThatTheProgramAddsAreCompleted(LinkOption option) {
    assertThat(CLI.out()).contains("--" + option.key());
  }

  @Test
  void helpDoesNotShowTheCommand() {
    assertThat(Cli.execute("--help").out()).contains("cutover").doesNotContain("completion");
  }
}
