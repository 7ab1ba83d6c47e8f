package org.etcdmirror.site;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.etcdmirror.site.markdown.MarkdownPage;

/** The menu of the site: groups of pages, as {@code navigation.txt} lists them. */
final class Navigation {

  private final Map<String, List<String>> groups = new LinkedHashMap<>();

  /** Reads lines: one that begins with a number sign names a group, another a page of it. */
  static Navigation of(String text) {
    Navigation navigation = new Navigation();
    List<String> group = new ArrayList<>();
    for (String line : text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList()) {
      if (line.startsWith("#")) {
        group = new ArrayList<>();
        navigation.groups.put(line.substring(1).strip(), group);
      } else {
        group.add(line);
      }
    }
    return navigation;
  }

  /** What differs between the menu and the pages that there are, one line each. */
  List<String> problems(List<MarkdownPage> pages) {
    List<String> problems = new ArrayList<>();
    TreeSet<String> missing = new TreeSet<>();
    pages.forEach(page -> missing.add(page.path()));
    for (String path : groups.values().stream().flatMap(List::stream).toList()) {
      if (!missing.remove(path)) {
        problems.add("navigation.txt: '%s' is no page, or is there twice".formatted(path));
      }
    }
    missing.forEach(
        path -> problems.add("navigation.txt: '%s' is missing; add it to a group".formatted(path)));
    return problems;
  }

  /** The menu as the page at a path shows it. */
  String html(MarkdownPage here, Map<String, MarkdownPage> pages) {
    StringBuilder html = new StringBuilder();
    groups.forEach((group, paths) -> {
      html.append("<h2>%s</h2>\n<ul>\n".formatted(Html.escape(group)));
      for (String path : paths) {
        MarkdownPage page = pages.get(path);
        if (page != null) {
          html.append(
              "<li><a href=\"%s\"%s>%s</a></li>\n"
                  .formatted(
                      Links.up(here.path()) + Links.file(path),
                      path.equals(here.path()) ? " aria-current=\"page\"" : "",
                      Html.escape(page.title())));
        }
      }
      html.append("</ul>\n");
    });
    return html.toString();
  }
}
