package org.etcdmirror.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.LinkList;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.config.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Damaged configuration files are read, or refused with the option that is wrong. */
class HostileConfigTest {

  private static final int ROUNDS = 1_500;
  private static final int LONGEST = 20_000;

  /** No name that would be looked up. */
  private static final String VALID =
      """
      source: v2:http://127.0.0.1:1
      sink: v3:http://127.0.0.1:2
      prefix: [/conftool, /spicerack=/copy]
      exclude: /spicerack/locks(/.*)?
      exclude-prefix: [/conftool/private/]
      recovery: resync:994
      catch-up: hold
      catch-up-events: 500
      catch-up-age: 90s
      verify-every: 1h
      verify-action: repair
      verify-rate: '5000'
      max-deletes: 25%
      ttl: copy
      unsupported-entries: skip
      catch-up-watches: 12
      index-store: target
      link: eqiad
      require-empty: true
      http-host: [mirror.example.org, mirror]
      """;

  private static final List<byte[]> PIECES =
      Stream.of(
              ": ",
              "- ",
              "\n",
              "\n  ",
              "\t",
              "#",
              "'",
              "\"",
              "|\n",
              ">-\n",
              "&a ",
              "*a",
              "!!binary ",
              "!!java.net.URL ",
              "<<: *a\n",
              "? ",
              "---\n",
              "...\n",
              "%YAML 9.9\n",
              "{",
              "}",
              "[",
              "]",
              ",",
              "null",
              "~",
              "yes",
              "0x7fffffffffffffff",
              "1e999",
              "-1",
              ".nan",
              "9".repeat(3_000),
              "[".repeat(5_000),
              "{a: ".repeat(2_000),
              "x".repeat(5_000),
              "(a+)+".repeat(50),
              "%",
              "%%s%n",
              "=",
              "\0",
              "\ufeff",
              "\u202e",
              "2026-01-01",
              "12:30:45",
              "source: v3:http://127.0.0.1:3\n")
          .map(text -> text.getBytes(UTF_8))
          .toList();

  @TempDir private Path directory;

  @Test
  void damagedFileIsReadOrRefused() throws IOException {
    Path file = directory.resolve("mirror.yaml");
    Files.writeString(file, VALID);
    assertThat(settings(file).link()).isNotNull();
    Rounds.run(
        ROUNDS,
        (seed, random) -> {
          Files.write(file, new Damage(random, PIECES).of(VALID.getBytes(UTF_8)));
          try {
            Settings read = settings(file);
            assertThat(read.source().text()).isNotEmpty();
          } catch (UsageException refused) {
            assertThat(refused.getMessage())
                .startsWith("--")
                .doesNotContain("java.io", "java.lang", "Exception")
                .hasSizeLessThan(LONGEST);
          }
        });
  }

  @Test
  void damagedListOfLinksIsReadOrRefused() throws IOException {
    String valid =
        VALID.replace("link: eqiad\n", "")
            + """
            links:
              - name: one
                prefix: /one/
              - {name: two, prefix: [/two/], checkpoint-key: /two-index, max-deletes: 5%}
            """;
    Path file = directory.resolve("links.yaml");
    Files.writeString(file, valid);
    assertThat(links(file).all()).hasSize(2);
    Rounds.run(
        ROUNDS,
        (seed, random) -> {
          Files.write(file, new Damage(random, PIECES).of(valid.getBytes(UTF_8)));
          try {
            assertThat(links(file).all()).isNotEmpty();
          } catch (UsageException refused) {
            assertThat(refused.getMessage())
                .startsWith("--")
                .doesNotContain("java.io", "java.lang", "Exception")
                .hasSizeLessThan(LONGEST);
          }
        });
  }

  @Test
  void endlessFileIsRefused() {
    assertThatThrownBy(() -> settings(Path.of("/dev/zero")))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("--config /dev/zero", "it is larger than 1 MiB");
  }

  @Test
  void hugeFileIsRefused() throws IOException {
    Path file = directory.resolve("huge.yaml");
    Files.write(file, new byte[2 << 20]);
    assertThatThrownBy(() -> settings(file))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("--config", "it is larger than 1 MiB");
  }

  @Test
  void fileThatIsNotUtf8IsRefused() throws IOException {
    Path file = directory.resolve("latin1.yaml");
    Files.write(file, "link: caf\u00e9".getBytes(ISO_8859_1));
    assertThatThrownBy(() -> settings(file))
        .isInstanceOf(UsageException.class)
        .hasMessage("--config %s: it is not UTF-8", file);
  }

  /** Reads a file as the command line does. */
  static Settings settings(Path config) {
    return Settings.of(Values.read(commandLine(config), Map.of()));
  }

  /** Reads a file as the command 'run' does. */
  private static LinkList links(Path config) {
    return LinkList.read(commandLine(config), Map.of());
  }

  private static ParseResult commandLine(Path config) {
    CommandSpec command = CommandSpec.create();
    LinkOption.addTo(command, CommandKind.RUN);
    return new CommandLine(command).parseArgs("--config", config.toString());
  }
}
