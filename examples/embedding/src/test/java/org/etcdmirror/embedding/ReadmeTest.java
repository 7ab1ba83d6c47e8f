package org.etcdmirror.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README shows is what is compiled here. */
class ReadmeTest {

  private static final Path HERE = Path.of("").toAbsolutePath();

  private static List<String> code(Stream<String> lines) {
    return lines.map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  @Test
  void theReadmesExampleIsTheOneThatIsTestedHere() throws IOException {
    String readme = Files.readString(HERE.resolve("../../README.md"));
    String example = readme.split("```java\n", 2)[1].split("```", 2)[0];
    String source =
        Files.readString(HERE.resolve("src/main/java/org/etcdmirror/embedding/TwoClusters.java"));
    List<String> compiled =
        code(source.lines().filter(line -> !line.strip().matches("(/\\*\\*|\\*).*")));
    assertThat(compiled).containsSequence(code(example.lines()));
  }
}
