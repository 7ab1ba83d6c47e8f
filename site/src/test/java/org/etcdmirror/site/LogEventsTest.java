package org.etcdmirror.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etcdmirror.site.markdown.GeneratedTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/log-events.md lists what the published modules log, and each line of the log has a name. */
class LogEventsTest {

  private static final Path PAGE = Repository.ROOT.resolve("docs/log-events.md");

  /** The names of the parts, by the enum of their events. */
  private static final Map<String, String> PARTS =
      Map.of(
          "LogEvent", "engine",
          "ServiceLogEvent", "service",
          "StarterLogEvent", "starter",
          "ConnectLogEvent", "connectors");

  private static final Pattern CONSTANT =
      Pattern.compile("(?m)^  ([A-Z_]+)\\(\\s*\"([^\"]+)\"\\)[,;]");
  private static final Pattern CALL =
      Pattern.compile("\\b(?:log|LOG|logger)\\s*\\.(info|warn|error|at[A-Z][a-z]+)\\(");
  private static final Pattern NAME =
      Pattern.compile("\\b(\\w*LogEvent)\\.([A-Z_]+)\\.marker\\(\\)");

  private final Map<String, Set<String>> levels = new TreeMap<>();
  private final Map<String, List<String>> rows = new TreeMap<>();
  private final List<String> unnamed = new ArrayList<>();

  @BeforeEach
  void readSources() throws IOException {
    try (Stream<Path> files = Files.walk(Repository.ROOT)) {
      for (Path file : files.filter(LogEventsTest::isPublished).toList()) {
        String source = Files.readString(file);
        String type = file.getFileName().toString().replace(".java", "");
        if (PARTS.containsKey(type)) {
          readEvents(type, source);
        } else {
          readCalls(file, source);
        }
      }
    }
  }

  private static boolean isPublished(Path file) {
    return Repository.ROOT
        .relativize(file)
        .toString()
        .matches("etcd-mirror-[^/]+/src/main/java/.*\\.java");
  }

  private void readEvents(String type, String source) {
    Matcher constant = CONSTANT.matcher(source);
    while (constant.find()) {
      String name = name(constant.group(1));
      assertThat(rows.put(name, List.of(PARTS.get(type), constant.group(2)))).as(name).isNull();
    }
  }

  private void readCalls(Path file, String source) {
    Matcher call = CALL.matcher(source);
    while (call.find()) {
      int end = source.indexOf(';', call.end());
      Matcher name = NAME.matcher(source.substring(call.end(), end));
      if (name.find()) {
        // A level that is chosen is one of these.
        String level = call.group(1).startsWith("at") ? "INFO or WARN" : call.group(1);
        levels
            .computeIfAbsent(name(name.group(2)), any -> new TreeSet<>())
            .add(level.equals("INFO or WARN") ? level : level.toUpperCase(Locale.ROOT));
      } else {
        unnamed.add(Repository.ROOT.relativize(file) + ": " + source.substring(call.start(), end));
      }
    }
  }

  private static String name(String constant) {
    return "etcd.mirror." + constant.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  @Test
  void eachLineAtInfoOrAboveHasAName() {
    assertThat(unnamed).isEmpty();
    assertThat(levels).hasSizeGreaterThan(60);
  }

  @Test
  void eachNameIsUsed() {
    assertThat(levels.keySet()).isEqualTo(rows.keySet());
  }

  @Test
  void thePageListsThem() throws IOException {
    List<String> table =
        new ArrayList<>(GeneratedTable.head(List.of("event", "of", "level", "what has happened")));
    rows.forEach((name, cells) ->
        table.add(
            GeneratedTable.row(
                List.of(
                    "`" + name + "`",
                    cells.get(0),
                    String.join(" or ", levels.getOrDefault(name, Set.of())),
                    cells.get(1)))));
    GeneratedTable shown = new GeneratedTable(PAGE, "## The events");
    if (GeneratedTable.isToBeWritten()) {
      shown.write(table);
    }

    assertThat(shown.lines()).as("run this test with -Ddocs.write=true").isEqualTo(table);
  }
}
