package org.etcdmirror.site.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnchorsTest {

  @Test
  void aHeadingIsNamedAsTheWebHostNamesIt() {
    assertThat(Anchors.name("What a gap means")).isEqualTo("what-a-gap-means");
    assertThat(Anchors.name("Is it equal? plan and verify"))
        .isEqualTo("is-it-equal-plan-and-verify");
    assertThat(Anchors.name("\"The sink may not be level\" is one durable fact"))
        .isEqualTo("the-sink-may-not-be-level-is-one-durable-fact");
    assertThat(Anchors.name("A - B_c")).isEqualTo("a---b_c");
  }

  @Test
  void aSecondHeadingOfTheSameNameGetsANumber() {
    MarkdownPage page = MarkdownPage.of("p.md", "# One\n\n## Rules\n\n## Rules\n");

    assertThat(page.anchors().all().values()).containsExactly("one", "rules", "rules-1");
  }

  @Test
  void theMarkupOfAHeadingIsNoPartOfItsName() {
    MarkdownPage page = MarkdownPage.of("p.md", "# The option `--ttl` of [v3](v3.md)\n");

    assertThat(page.anchors().all().values()).containsExactly("the-option---ttl-of-v3");
  }
}
