package org.etcdmirror.site;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.etcdmirror.site.markdown.PlainText;

/**
 * What the search looks through: each part of a page from a heading to the next. It is JSON behind
 * an assignment, so that a browser loads it as a script also from a file.
 */
final class SearchIndex {

  private final List<String> entries = new ArrayList<>();

  /** Adds the parts of a page. */
  void add(MarkdownPage page) {
    page.anchors()
        .all()
        .forEach((heading, anchor) ->
            entries.add(
                "[%s,%s,%s,%s]"
                    .formatted(
                        json(page.title()),
                        json(PlainText.of(heading).strip()),
                        json(Links.file(page.path()) + "#" + anchor),
                        json(page.textBelow(heading)))));
  }

  /** The file. */
  String script() {
    return "window.searchIndex = [\n" + String.join(",\n", entries) + "\n];\n";
  }

  /** A string of JSON that is safe in a script, too. */
  static String json(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            json.append('\\').append((char) c);
          } else if (c < ' ' || c == '<' || c == '\u2028' || c == '\u2029') {
            json.append("\\u%04x".formatted(c));
          } else {
            json.append((char) c);
          }
        });
    return json.append('"').toString();
  }
}
