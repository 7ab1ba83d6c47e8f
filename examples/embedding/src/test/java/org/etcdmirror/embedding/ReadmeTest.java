package org.etcdmirror.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code on the pages is the code that is compiled and tested here. */
class ReadmeTest {

  private static final Path HERE = Path.of("").toAbsolutePath();

  private static List<String> code(Stream<String> lines) {
    return lines.map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  /** The lines of all classes, one class after the other. */
  private static Stream<String> sources() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(HERE.resolve("src/main/java/org/etcdmirror/embedding"))) {
      for (Path file : files.toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines.stream();
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/embed.md"})
  void eachExampleOfThePageIsCompiled(String page) throws IOException {
    String text = Files.readString(HERE.resolve("../..").resolve(page));
    List<String> compiled =
        code(sources().filter(line -> !line.strip().matches("(/\\*\\*|\\*).*")));
    List<String> examples =
        Arrays.stream(text.split("```java\n"))
            .skip(1)
            .map(block -> block.split("```", 2)[0])
            .toList();
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      for (String method : example.split("\n\n(?=\\S)")) {
        assertThat(compiled).containsSequence(code(method.lines()));
      }
    }
  }
}
