package org.etcdmirror.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.site.markdown.CodeBlock;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.etcdmirror.site.snippet.JavaSnippet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/kafka.md compile. */
class KafkaDocTest {

  @Test
  void eachExampleCompiles(@TempDir Path classes) throws Exception {
    JavaSnippet snippet =
        new JavaSnippet(
            List.of("org.etcdmirror.core.*", "org.etcdmirror.kafka.*", "org.etcdmirror.v3.*"), "");
    List<CodeBlock> examples =
        MarkdownPage.read(Path.of(".."), "docs/kafka.md").code().stream()
            .filter(block -> block.language().equals("java"))
            .toList();

    assertThat(examples).isNotEmpty();
    for (CodeBlock example : examples) {
      assertThat(snippet.errors(example, classes)).as(example.where()).isEmpty();
    }
  }
}
