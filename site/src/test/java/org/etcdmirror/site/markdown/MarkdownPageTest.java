package org.etcdmirror.site.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MarkdownPageTest {

  @Test
  void codeIsFoundInFencesIndentedAndInLists() {
    MarkdownPage page =
        MarkdownPage.of(
            "p.md",
            """
            text

            ```java
            int a;
            ```

                command --option

            1. Step

               ```yaml
               key: value
               ```
            """);

    assertThat(page.code())
        .containsExactly(
            new CodeBlock("p.md", 1, "java", "int a;\n"),
            new CodeBlock("p.md", 2, "", "command --option\n"),
            new CodeBlock("p.md", 3, "yaml", "key: value\n"));
  }

  @Test
  void linksAreFoundInSentencesTablesAndPictures() {
    MarkdownPage page =
        MarkdownPage.of("p.md", "[a](a.md)\n\n| x |\n|---|\n| [b](b.md) |\n\n![c](c.svg)\n");

    assertThat(page.destinations()).containsExactly("a.md", "b.md", "c.svg");
  }

  @Test
  void pagesOfTheProjectAreFoundInTheRootInDocsAndBesideExamples() throws Exception {
    assertThat(MarkdownPage.all(Path.of("..")))
        .extracting(MarkdownPage::path)
        .contains(
            "README.md",
            "docs/embed.md",
            "docs/performance/quick.md",
            "examples/custom-sink/README.md")
        .noneMatch(path -> path.contains("target"));
  }
}
