package org.etcdmirror.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {

  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"#]+)(#[^\"]*)?\"");
  private static final Pattern FROM_OTHERS =
      Pattern.compile("(?:src|<link[^>]* href)=\"(?:https?:)?//|url\\((?!\\))|@import");

  @TempDir private Path directory;

  @Test
  void eachPageOfTheProjectBecomesAFileAndEachReferenceLeadsToOne() throws Exception {
    new Site(Repository.ROOT).write(directory);

    Set<String> broken = new TreeSet<>();
    List<MarkdownPage> pages = MarkdownPage.all(Repository.ROOT);
    for (MarkdownPage page : pages) {
      Path file = directory.resolve(Links.file(page.path()));
      String html = Files.readString(file);
      assertThat(html).contains("<title>", "id=\"").doesNotContain("{content}", "{up}");
      REFERENCE
          .matcher(html)
          .results()
          .map(found -> found.group(1))
          .filter(
              reference -> !reference.startsWith("https://") && !reference.startsWith("http://"))
          // The Javadoc is put there by the script.
          .filter(reference -> !reference.endsWith("api/index.html"))
          .filter(reference -> !Files.isRegularFile(file.resolveSibling(reference)))
          .forEach(reference -> broken.add(page.path() + ": " + reference));
    }
    assertThat(broken).isEmpty();
    assertThat(pages).hasSizeGreaterThan(25);
  }

  @Test
  void plotsAndPicturesComeWithIt() throws Exception {
    new Site(Repository.ROOT).write(directory);

    assertThat(files())
        .contains("docs/dashboard.svg", "docs/status-page/blocked.png")
        .anyMatch(file -> file.matches("docs/performance/quick-.*\\.svg"));
  }

  @Test
  void nothingIsLoadedFromOthers() throws Exception {
    new Site(Repository.ROOT).write(directory);

    for (String file : files()) {
      if (file.matches(".*\\.(html|css)")) {
        List<String> found =
            FROM_OTHERS
                .matcher(Files.readString(directory.resolve(file)))
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(found).as(file).isEmpty();
      }
    }
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void htmlOfAPageIsShownAndNotExecuted(@TempDir Path root) throws Exception {
    page(root, "README.md", "# Start\n\n<script>alert(1)</script>\n\n[x](docs/a.md)\n");
    page(root, "docs/a.md", "# A\n");

    assertThatThrownBy(() -> new Site(root).write(directory))
        .as("the menu is that of the project")
        .isInstanceOf(SiteFormatException.class)
        .hasMessageContaining("'docs/a.md' is missing");
    MarkdownPage start = MarkdownPage.read(root, "README.md");
    assertThat(new PageRenderer(new Links(root, MarkdownPage.all(root))).render(start))
        .contains("&lt;script&gt;", "<h1 id=\"start\">", "href=\"docs/a.html\"");
  }

  @Test
  void aLinkThatLeadsNowhereStopsTheSite(@TempDir Path root) throws Exception {
    page(root, "README.md", "# Start\n\n[x](docs/gone.md)\n");

    assertThatThrownBy(() -> new Site(root).write(directory))
        .isInstanceOf(SiteFormatException.class)
        .hasMessageContaining("README.md: 'docs/gone.md' is no file of the repository");
    assertThat(files()).isEmpty();
  }

  private static void page(Path root, String path, String text) throws IOException {
    for (String folder : List.of("docs", "examples")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.writeString(root.resolve(path), text);
  }
}
