package org.etcdmirror.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.site.markdown.CodeBlock;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each configuration file on a page of the service is one that the service accepts. Those of
 * docs/spring-boot.md and docs/metrics.md are for applications; the starter tries them.
 */
class DocConfigTest {

  private static final Path ROOT = Path.of("..");

  @Test
  void eachConfigurationFileOfTheDocsIsAccepted(@TempDir Path directory) throws Exception {
    List<String> tried = new ArrayList<>();
    for (MarkdownPage page : MarkdownPage.all(ROOT)) {
      for (CodeBlock block : page.code()) {
        if (block.language().equals("yaml")) {
          JsonNode yaml = new YAMLMapper().readTree(block.code());
          assertThat(yaml.isObject()).as(block.where()).isTrue();
          if (yaml.has("source")) {
            Path file = Files.writeString(directory.resolve("link.yaml"), block.code());
            assertAccepted(block, file, yaml);
            tried.add(block.page());
          }
        }
      }
    }
    assertThat(tried).contains("docs/service.md", "docs/move-a-cluster.md").hasSizeGreaterThan(4);
  }

  private static void assertAccepted(CodeBlock block, Path file, JsonNode yaml) {
    if (yaml.has("links")) {
      for (JsonNode link : yaml.get("links")) {
        String name = link.get("name").textValue();
        Settings settings = TestSettings.of("--config", file.toString(), "--link", name);
        assertThat(settings.prefixes()).as(block.where()).isNotEmpty();
      }
    } else {
      assertThat(TestSettings.of("--config", file.toString()).prefixes())
          .as(block.where())
          .isNotEmpty();
    }
  }
}
