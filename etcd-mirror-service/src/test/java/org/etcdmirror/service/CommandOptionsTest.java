package org.etcdmirror.service;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Each command accepts the options that it uses and refuses all others with exit code 2. */
@Timeout(120)
class CommandOptionsTest {

  private static final List<String> COMMANDS =
      List.of("run", "doctor", "once", "plan", "verify", "index show", "index set", "cutover");

  private static final String ALL = "run doctor once plan verify index-show index-set cutover";
  private static final String NOT_SET = "run doctor once plan verify index-show cutover";
  private static final String FOLLOWING = "run doctor cutover";

  /** The commands that honour an option, by the option and a value. */
  private static final Map<String, String> TABLE = new TreeMap<>();

  static {
    for (String side : List.of("--source", "--sink")) {
      for (String option : List.of("", "-user", "-password-file", "-cacert", "-cert", "-key")) {
        TABLE.put(side + option, ALL);
      }
    }
    for (String option :
        List.of(
            "--prefix", "--index-store", "--checkpoint-key", "--link", "--plugins", "--config")) {
      TABLE.put(option, ALL);
    }
    TABLE.put("--exclude", NOT_SET);
    TABLE.put("--exclude-prefix", NOT_SET);
    TABLE.put("--ttl", NOT_SET);
    TABLE.put("--unsupported-entries", "run doctor once plan verify cutover");
    TABLE.put("--show-values", "run doctor once plan verify cutover");
    TABLE.put("--max-deletes", "run doctor once plan cutover");
    TABLE.put("--max-writes-per-second", "run doctor once cutover");
    TABLE.put("--former-prefix", "run doctor once plan cutover");
    TABLE.put("--require-empty", "run doctor once cutover");
    TABLE.put("--recovery", "run doctor once cutover");
    TABLE.put("--audit", "run doctor once cutover");
    TABLE.put("--dump-dir", "run doctor once cutover");
    for (String option :
        List.of(
            "--catch-up",
            "--catch-up-events",
            "--catch-up-age",
            "--catch-up-watches",
            "--verify-every",
            "--verify-action",
            "--verify-rate",
            "--http",
            "--http-host",
            "--admin-token-file",
            "--http-cert",
            "--http-key",
            "--http-client-ca")) {
      TABLE.put(option, FOLLOWING);
    }
    for (String option : List.of("--standby", "--standby-term", "--member", "--fail-fast")) {
      TABLE.put(option, "run doctor");
    }
    TABLE.put("--at", "once plan verify");
    TABLE.put("--json", "doctor plan verify");
    TABLE.put("--window", "doctor");
    TABLE.put("--samples", "verify");
    TABLE.put("--force", "index-set");
    TABLE.put("--drained", "cutover");
    TABLE.put("--timeout", "cutover");
  }

  static Stream<Arguments> each() {
    return COMMANDS.stream()
        .flatMap(command -> TABLE.keySet().stream().map(option -> Arguments.of(command, option)));
  }

  @ParameterizedTest
  @MethodSource("each")
  void eachCommandHonoursOrRefusesEachOption(String command, String option) {
    List<String> honouring = Arrays.asList(TABLE.getOrDefault(option, "").split(" "));
    boolean honoured = honouring.contains(command.replace(' ', '-'));

    Cli help = Cli.execute(words(command, "--help"));
    assertThat(help.out().matches("(?s).*" + option + "\\b(?!-).*")).isEqualTo(honoured);

    if (!honoured) {
      Cli cli = Cli.execute(words(command, option + "=v"));
      assertThat(cli.code()).isEqualTo(2);
      assertThat(cli.out()).isEmpty();
      assertThat(cli.err()).hasLineCount(1).contains(option);
    }
  }

  @Test
  void tableListsEveryOption() {
    Set<String> known = TABLE.keySet();
    for (String command : COMMANDS) {
      CommandLine line = Main.commandLine();
      for (String word : command.split(" ")) {
        line = requireNonNull(line.getSubcommands().get(word), word);
      }
      assertThat(line.getCommandSpec().options())
          .as(command)
          .allSatisfy(option ->
              assertThat(
                      known.contains(option.longestName())
                          || option.usageHelp()
                          || option.versionHelp())
                  .as(option.longestName())
                  .isTrue());
    }
  }

  @Test
  void refusalNamesOptionAndCommand() {
    assertThat(Cli.execute(words("plan", "--http=none")).err())
        .isEqualToIgnoringNewLines("etcd-mirror: --http: 'plan' does not use it");
    assertThat(Cli.execute(words("index show", "--recovery=fail")).err())
        .isEqualToIgnoringNewLines("etcd-mirror: --recovery: 'index show' does not use it");
  }

  /** All commands of a link can share one configuration file. */
  @Test
  void configFileMayContainOptionsOfOtherCommands(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("mirror.yaml"),
            "recovery: fail\n"
                + "http: none\n"
                + "source: v2:http://a:1\n"
                + "sink: v2:http://b:1\n"
                + "prefix: /a\n"
                + "link: ' '\n");
    Cli cli = Cli.execute(words("plan", "--config", file.toString()));
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("link: a name must not be empty");
  }

  private static String[] words(String command, String... more) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    if (command.equals("index set")) {
      words.add("7");
    }
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }
}
