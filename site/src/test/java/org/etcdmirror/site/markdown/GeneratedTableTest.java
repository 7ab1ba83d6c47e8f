package org.etcdmirror.site.markdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedTableTest {

  @TempDir private Path directory;
  private Path page;

  @BeforeEach
  void page() throws IOException {
    page =
        Files.writeString(
            directory.resolve("p.md"),
            "# P\n\n| a |\n|---|\n\n## Two\n\ntext\n\n| b |\n|---|\n| 1 |\n\nmore\n\n## Three\n");
  }

  @Test
  void theTableBelowAHeadingIsReadAndWritten() throws IOException {
    GeneratedTable table = new GeneratedTable(page, "## Two");
    assertThat(table.lines()).containsExactly("| b |", "|---|", "| 1 |");

    table.write(List.of("| c |", "|---|"));

    assertThat(page)
        .hasContent("# P\n\n| a |\n|---|\n\n## Two\n\ntext\n\n| c |\n|---|\n\nmore\n\n## Three\n");
  }

  @Test
  void aHeadingWithoutATableIsNamed() {
    assertThatThrownBy(() -> new GeneratedTable(page, "## Three").lines())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no table below '## Three'");
  }
}
