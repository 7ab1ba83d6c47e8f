package org.etcdmirror.site.snippet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.site.markdown.CodeBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaSnippetTest {

  @TempDir private Path classes;
  private final JavaSnippet snippet =
      new JavaSnippet(List.of("java.util.*"), "List<String> names;");

  private List<String> errors(String code) throws IOException {
    return snippet.errors(new CodeBlock("p.md", 1, "java", code), classes);
  }

  @Test
  void membersStatementsAndExpressionsCompile() throws IOException {
    assertThat(errors("int count() {\n  return names.size();\n}\n")).isEmpty();
    assertThat(errors("int count = names.size();\nnames.clear();\n")).isEmpty();
    assertThat(errors("names.stream()\n    .toList()\n")).isEmpty();
  }

  @Test
  void aNameThatIsGoneIsFound() throws IOException {
    assertThat(errors("int count() {\n  return names.total();\n}\n"))
        .singleElement()
        .asString()
        .contains("total()");
    assertThat(errors("names.stream()\n    .gone()\n"))
        .singleElement()
        .asString()
        .contains("gone()");
  }
}
