package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/status-page.md shows the page in each state that a person has to tell apart. */
class StatusPageDocTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern PICTURE = Pattern.compile("\\((status-page/[a-z-]+\\.png)\\)");

  @Test
  void eachStateHasAPictureAndEachPictureIsThere() throws Exception {
    List<String> pictures =
        PICTURE
            .matcher(Files.readString(DOCS.resolve("status-page.md")))
            .results()
            .map(found -> found.group(1))
            .toList();

    for (String state : List.of("following", "resyncing", "blocked", "standby", "failed")) {
      assertThat(pictures).contains("status-page/" + state + ".png");
    }
    assertThat(pictures).allMatch(picture -> Files.isRegularFile(DOCS.resolve(picture)));
  }
}
