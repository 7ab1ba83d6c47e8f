package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.site.markdown.CodeBlock;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/**
 * Each command of the program on a page is one that the program understands. Some are executed by
 * tests of their pages as well: docs/move-a-cluster.md and docs/replace-etcdmirror.md.
 */
class DocCommandsTest {

  private static final Path ROOT = Path.of("..");

  /** How the program is called on the pages. */
  private static final Pattern PROGRAM =
      Pattern.compile("^(?:etcd-mirror |java -jar \\S*etcd-mirror\\.jar |(?=etcdmirror ))(.*)");

  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

  /** A command of the launcher, which ArchiveTest of the packages runs. */
  private static final String OF_LAUNCHER = "make-archive";

  @Test
  void eachCommandOfTheDocsIsUnderstood() throws IOException {
    List<String> refused = new ArrayList<>();
    int parsed = 0;
    for (MarkdownPage page : MarkdownPage.all(ROOT)) {
      for (String line : lines(page)) {
        try {
          parsed += parse(line) ? 1 : 0;
        } catch (ParameterException e) {
          refused.add("%s: %s: %s".formatted(page.path(), line, e.getMessage()));
        }
      }
    }
    assertThat(refused).isEmpty();
    assertThat(parsed).isGreaterThan(50);
  }

  @Test
  void anOptionThatIsGoneIsFound() {
    assertThatThrownBy(() -> parse("etcd-mirror verify --gone x --prefix /a"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--gone");
    assertThatThrownBy(() -> parse("etcd-mirror compare --prefix /a"))
        .isInstanceOf(ParameterException.class);
  }

  @Test
  void quotesCommentsAndLinesThatGoOnAreReadAsAShellDoes() {
    assertThat(words("run --sink 'file:/a b?keep=7d' --ttl copy # why"))
        .containsExactly("run", "--sink", "file:/a b?keep=7d", "--ttl", "copy");
    MarkdownPage page = MarkdownPage.of("p.md", "    etcd-mirror run \\\n        --prefix /a\n");
    assertThat(lines(page)).containsExactly("etcd-mirror run     --prefix /a");
  }

  /** The lines of code, each with those that it goes on with, and the code in sentences. */
  private static List<String> lines(MarkdownPage page) {
    List<String> lines = new ArrayList<>(page.words());
    for (CodeBlock block : page.code()) {
      block.code().replace("\\\n", "").lines().map(String::strip).forEach(lines::add);
    }
    return lines;
  }

  /** Parses it if it is a command of the program. */
  private static boolean parse(String line) {
    Matcher program = PROGRAM.matcher(line);
    if (!program.matches() || line.contains("[--")) {
      // The second is the synopsis of the old program.
      return false;
    }
    List<String> words = words(program.group(1));
    if (words.isEmpty() || words.get(0).equals(OF_LAUNCHER)) {
      return false;
    }
    CommandLine known = Main.commandLine();
    if (words.size() == 1 && known.getSubcommands().containsKey(words.get(0))) {
      // A sentence names the command.
      return true;
    }
    try {
      known.parseArgs(words.toArray(String[]::new));
    } catch (MissingParameterException e) {
      // A sentence may name an option alone.
      return false;
    }
    return true;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      String found = word.group(1) != null ? word.group(1) : word.group(2);
      String plain = word.group(3);
      if (plain == null) {
        words.add(found);
      } else if (plain.startsWith("#")) {
        break;
      } else if (plain.equals("$LINK")) {
        words.addAll(List.of("--config", "link.yaml"));
      } else if (!plain.equals("...")) {
        words.add(plain);
      }
    }
    return words;
  }
}
