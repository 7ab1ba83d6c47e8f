package org.etcdmirror.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code on the page of the test kit is the code that is compiled and run here. */
class TestkitPageTest {

  private static final Path TESTS = Path.of("src/test/java/org/etcdmirror/junit");

  private static String classOf(String file) throws IOException {
    String text = Files.readString(TESTS.resolve(file));
    return text.substring(text.indexOf("\n@") + 1);
  }

  @Test
  void eachExampleOfThePageRuns() throws IOException {
    List<String> examples =
        Arrays.stream(Files.readString(Path.of("../docs/testkit.md")).split("```java\n"))
            .skip(1)
            .map(block -> block.split("```", 2)[0])
            .toList();
    assertThat(examples)
        .containsExactly(classOf("ServersExampleTest.java"), classOf("MoveExampleTest.java"));
  }
}
