package org.etcdmirror.site.markdown;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;

/** Names the headings of a page as the project's web host does, so that a link works in both. */
public final class Anchors {

  private final Map<Heading, String> names = new LinkedHashMap<>();

  private Anchors() {}

  static Anchors of(Node document) {
    Anchors anchors = new Anchors();
    Map<String, Integer> seen = new HashMap<>();
    document.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Heading heading) {
            String name = name(PlainText.of(heading));
            int before = seen.merge(name, 1, Integer::sum) - 1;
            anchors.names.put(heading, before == 0 ? name : name + "-" + before);
          }
        });
    return anchors;
  }

  /**
   * Small letters; blanks become hyphens; what is no letter, digit, hyphen or low line is left out.
   */
  static String name(String heading) {
    StringBuilder name = new StringBuilder();
    heading
        .strip()
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .map(c -> c == ' ' ? '-' : c)
        .filter(c -> c == '-' || c == '_' || Character.isLetterOrDigit(c))
        .forEach(name::appendCodePoint);
    return name.toString();
  }

  /** Returns the headings with their names, in the order of the page. */
  public Map<Heading, String> all() {
    return names;
  }
}
