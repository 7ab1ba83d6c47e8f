package org.etcdmirror.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.junit.jupiter.api.Test;

class NavigationTest {

  private final MarkdownPage a = MarkdownPage.of("docs/a.md", "# Page A\n");
  private final MarkdownPage b = MarkdownPage.of("b.md", "# B & C\n");
  private final Navigation navigation = Navigation.of("# Group\ndocs/a.md\n\nb.md\n");

  @Test
  void theMenuNamesEachPageAndMarksTheOneThatIsShown() {
    assertThat(navigation.html(a, Map.of("docs/a.md", a, "b.md", b)))
        .isEqualTo(
            """
            <h2>Group</h2>
            <ul>
            <li><a href="../docs/a.html" aria-current="page">Page A</a></li>
            <li><a href="../b.html">B &amp; C</a></li>
            </ul>
            """);
  }

  @Test
  void aPageThatIsMissingInTheMenuOrInTheRepositoryIsNamed() {
    assertThat(navigation.problems(List.of(a, b))).isEmpty();
    assertThat(navigation.problems(List.of(a, MarkdownPage.of("c.md", ""))))
        .containsExactly(
            "navigation.txt: 'b.md' is no page, or is there twice",
            "navigation.txt: 'c.md' is missing; add it to a group");
  }
}
