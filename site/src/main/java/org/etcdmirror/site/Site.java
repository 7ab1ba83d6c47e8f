package org.etcdmirror.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.site.markdown.MarkdownPage;

/**
 * Writes the pages of a repository as a site that needs no server and loads nothing from others.
 */
public final class Site {

  private static final List<String> FILES = List.of("site.css", "search.js");

  private final Path root;

  /** A site of the repository at this root. */
  public Site(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /**
   * Writes the site, over what a directory has.
   *
   * @throws SiteFormatException if a link leads nowhere, or the menu does not fit; nothing is
   *     written then
   */
  public void write(Path directory) throws IOException {
    List<MarkdownPage> all = MarkdownPage.all(root);
    Map<String, MarkdownPage> pages = new LinkedHashMap<>();
    all.forEach(page -> pages.put(page.path(), page));
    Navigation navigation = Navigation.of(resource("navigation.txt"));
    PageRenderer renderer = new PageRenderer(new Links(root, all));
    SearchIndex index = new SearchIndex();
    all.forEach(index::add);
    String layout = resource("page.html");
    Map<String, String> files = new LinkedHashMap<>();
    for (MarkdownPage page : all) {
      String html =
          layout
              .replace("{up}", Links.up(page.path()))
              .replace("{title}", Html.escape(page.title()))
              .replace("{navigation}", navigation.html(page, pages))
              .replace("{content}", renderer.render(page));
      files.put(Links.file(page.path()), html);
    }
    files.put("search-index.js", index.script());
    for (String file : FILES) {
      files.put(file, resource(file));
    }
    List<String> problems = new ArrayList<>(renderer.problems());
    problems.addAll(navigation.problems(all));
    if (!problems.isEmpty()) {
      throw new SiteFormatException(problems);
    }
    write(directory, files);
    for (Path asset : renderer.assets()) {
      Path to = directory.resolve(root.relativize(asset).toString());
      Files.createDirectories(requireNonNull(to.getParent()));
      Files.copy(asset, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void write(Path directory, Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path to = directory.resolve(file.getKey());
      Files.createDirectories(requireNonNull(to.getParent()));
      Files.writeString(to, file.getValue());
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Site.class.getResourceAsStream(name)) {
      return new String(requireNonNull(in, name).readAllBytes(), UTF_8);
    }
  }
}
