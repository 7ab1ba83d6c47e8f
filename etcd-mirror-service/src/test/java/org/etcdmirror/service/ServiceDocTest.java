package org.etcdmirror.service;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/service.md matches the commands, options and defaults of the program. */
class ServiceDocTest {

  private static final Pattern OPTION = Pattern.compile("`(--[a-z-]+)");
  private static final Pattern WORD = Pattern.compile("`([^`]+)`");

  /** The commands that use an option, by its name. */
  private final Map<String, Set<String>> program = new TreeMap<>();

  /** The commands for users. */
  private final Set<String> commands = new TreeSet<>();

  private String doc = "";

  @BeforeEach
  void read() throws IOException {
    doc = Files.readString(Path.of("..", "docs", "service.md"));
    collect("", Main.commandLine());
  }

  private void collect(String name, CommandLine command) {
    command
        .getSubcommands()
        .forEach((sub, line) -> {
          // It has a page and a test of its own.
          if (!sub.equals("etcdmirror")) {
            collect(name.isEmpty() ? sub : name + " " + sub, line);
          }
        });
    if (command.getSubcommands().isEmpty() && !command.getCommandSpec().usageMessage().hidden()) {
      commands.add(name);
    }
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        program.computeIfAbsent(option.longestName(), any -> new TreeSet<>()).add(name);
      }
    }
  }

  @Test
  void documentedOptionsAreExactlyTheOptionsOfTheProgram() {
    assertThat(rows().keySet()).isEqualTo(program.keySet());
  }

  @Test
  void everyOptionIsDocumentedWithTheCommandsThatUseIt() {
    Set<String> ofLinks = requireNonNull(program.get("--source"));
    rows()
        .forEach((option, cells) -> {
          Set<String> named = words(cells.get(1));
          Set<String> used = new TreeSet<>(commands);
          if (cells.get(1).startsWith("all")) {
            used.retainAll(ofLinks);
            used.removeAll(named);
          } else {
            used.retainAll(named);
            assertThat(commands).as(option).containsAll(named);
          }
          assertThat(used).as(option).isEqualTo(program.get(option));
        });
  }

  @Test
  void defaultsInHelpAreDocumented() {
    for (String line : Stream.of("run", "verify", "cutover").flatMap(this::help).toList()) {
      Matcher found = Pattern.compile("^\\s*(--[a-z-]+)\\b.* Default: ([^ ]+)\\.$").matcher(line);
      if (found.matches()) {
        assertThat(requireNonNull(rows().get(found.group(1))).get(2).replaceAll("[`,]", ""))
            .as(found.group(1))
            .startsWith(found.group(2));
      }
    }
  }

  /** Each option with its whole description in one line. */
  private Stream<String> help(String command) {
    CommandLine line = requireNonNull(Main.commandLine().getSubcommands().get(command));
    return line.getCommandSpec().options().stream()
        .map(option -> option.longestName() + " " + String.join(" ", option.description()));
  }

  @Test
  void everyCommandIsDocumented() {
    Set<String> documented =
        doc.lines()
            .dropWhile(line -> !line.startsWith("## Commands"))
            .takeWhile(line -> !line.startsWith("## Options"))
            .filter(line -> line.startsWith("| `"))
            .flatMap(line -> words(line.split("\\|", -1)[1]).stream())
            .map(command -> command.replace(" N", "").replace(" FILE", ""))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(commands);
  }

  @Test
  void documentedConfigFileIsValidAndHasEveryOption(@TempDir Path directory) throws IOException {
    List<String> yaml =
        doc.lines()
            .dropWhile(line -> !line.equals("```yaml"))
            .skip(1)
            .takeWhile(line -> !line.equals("```"))
            .toList();
    Path file = Files.write(directory.resolve("as-it-stands.yaml"), yaml);

    Settings settings = TestSettings.of("--config", file.toString());

    assertThat(settings.prefixes()).hasSize(2);
    Set<String> keys =
        yaml.stream()
            .filter(line -> line.matches("#?[a-z-]+: .*"))
            .map(line -> line.replaceFirst("^#", "").replaceFirst(":.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(keys)
        .isEqualTo(
            Arrays.stream(LinkOption.values())
                .filter(option -> option != LinkOption.CONFIG)
                .map(LinkOption::key)
                .collect(Collectors.toCollection(TreeSet::new)));
    // Leaves out the options that name files which do not exist here.
    List<String> all =
        yaml.stream()
            .map(line -> line.replaceFirst("^#(?=[a-z-]+: )", ""))
            .filter(line ->
                !line.matches(
                    "(source|sink)-.*|(plugins|require-empty|admin-token-file): .*|http-(cert|key|client-ca): .*"))
            .toList();
    Path every = Files.write(directory.resolve("all.yaml"), all);

    assertThat(TestSettings.of("--config", every.toString()).httpHosts()).hasSize(1);
  }

  /** The cells of each row of the option tables, by each option in the first one. */
  private Map<String, List<String>> rows() {
    Map<String, List<String>> rows = new TreeMap<>();
    doc.lines()
        .filter(line -> line.startsWith("| `--"))
        .forEach(line -> {
          List<String> cells = new ArrayList<>();
          for (String cell : line.split("(?<!\\\\)\\|", -1)) {
            cells.add(cell.strip());
          }
          cells.remove(0);
          Matcher option = OPTION.matcher(cells.get(0));
          while (option.find()) {
            assertThat(rows.put(option.group(1), cells)).as(option.group(1)).isNull();
          }
        });
    return rows;
  }

  private static Set<String> words(String cell) {
    return WORD.matcher(cell)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
