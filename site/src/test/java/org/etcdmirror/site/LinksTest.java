package org.etcdmirror.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinksTest {

  @TempDir private Path root;
  private MarkdownPage readme;
  private MarkdownPage page;
  private Links links;

  @BeforeEach
  void pages() throws Exception {
    for (String file :
        List.of("README.md", "docs/page.md", "docs/picture.svg", "scripts/test.sh")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), "");
    }
    readme = MarkdownPage.of("README.md", "# Start\n\n## Try it\n");
    page = MarkdownPage.of("docs/page.md", "# A page\n\n## What `x` is, and why\n");
    links = new Links(root, List.of(readme, page));
  }

  @Test
  void eachLinkAndAnchorOfTheDocsLeadsSomewhere() throws Exception {
    List<MarkdownPage> all = MarkdownPage.all(Repository.ROOT);
    Links real = new Links(Repository.ROOT, all);
    List<String> broken = new ArrayList<>();
    int checked = 0;
    for (MarkdownPage one : all) {
      for (String destination : one.destinations()) {
        checked++;
        try {
          real.resolve(one, destination);
        } catch (BrokenLinkException e) {
          broken.add("%s: %s".formatted(one.path(), e.getMessage()));
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(checked).isGreaterThan(200);
  }

  @Test
  void aPageIsLinkedAsItsFileOfTheSite() throws Exception {
    assertThat(links.resolve(readme, "docs/page.md").address()).isEqualTo("docs/page.html");
    assertThat(links.resolve(page, "../README.md#try-it").address())
        .isEqualTo("../index.html#try-it");
    assertThat(links.resolve(readme, "docs/page.md#what-x-is-and-why").address())
        .isEqualTo("docs/page.html#what-x-is-and-why");
  }

  @Test
  void aPictureComesWithTheSite() throws Exception {
    Links.Target target = links.resolve(page, "picture.svg");

    assertThat(target.address()).isEqualTo("../docs/picture.svg");
    assertThat(target.asset()).isEqualTo(root.toAbsolutePath().resolve("docs/picture.svg"));
  }

  @Test
  void otherFilesAreShownByTheWebHost() throws Exception {
    assertThat(links.resolve(page, "../scripts/test.sh").address())
        .startsWith("https://")
        .endsWith("/blob/main/scripts/test.sh");
    assertThat(links.resolve(page, "../scripts").address()).endsWith("/tree/main/scripts");
  }

  @Test
  void whatLeadsNowhereIsRefused() {
    assertBroken("gone.md", "'gone.md' is no file of the repository");
    assertBroken("page.md#gone", "'page.md#gone' is no heading of docs/page.md");
    assertBroken("#gone", "'#gone' is no heading of docs/page.md");
    assertBroken("picture.svg#gone", "'picture.svg#gone' has an anchor, and is no page");
    assertBroken("../../outside.md", "'../../outside.md' is no file of the repository");
    assertBroken("javascript:alert(1)", "'javascript:alert(1)' is neither a path nor http");
  }

  private void assertBroken(String destination, String message) {
    assertThatThrownBy(() -> links.resolve(page, destination))
        .isInstanceOf(BrokenLinkException.class)
        .hasMessage(message);
  }
}
