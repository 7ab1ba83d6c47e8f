package org.etcdmirror.site;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.site.markdown.MarkdownPage;
import org.junit.jupiter.api.Test;

class SearchIndexTest {

  @Test
  void eachPartOfAPageIsAnEntryWithItsAddress() {
    SearchIndex index = new SearchIndex();
    index.add(
        MarkdownPage.of(
            "docs/p.md", "# Page\n\nAbove.\n\n## Part\n\nOne `two`\n\n- three\n- four\n"));

    assertThat(index.script())
        .isEqualTo(
            """
            window.searchIndex = [
            ["Page","Page","docs/p.html#page","Above."],
            ["Page","Part","docs/p.html#part","One two three four"]
            ];
            """);
  }

  @Test
  void textCannotEndTheScript() {
    assertThat(SearchIndex.json("a \"b\" \\ </script>\n\u2028"))
        .isEqualTo("\"a \\\"b\\\" \\\\ \\u003c/script>\\u000a\\u2028\"");
  }
}
