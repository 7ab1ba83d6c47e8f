package org.etcdmirror.site;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.jspecify.annotations.Nullable;

/**
 * Says where a link of a page leads: to another page, to a heading, to a picture that the site has
 * as well, or to a file of the repository, which is shown by the project's web host.
 */
public final class Links {

  private static final String SOURCES = "https://github.com/etcd-mirror/etcd-mirror/";

  /**
   * Where a link leads.
   *
   * @param address what the page of the site has as link
   * @param asset the file that the site has to have for it; null if it needs none
   */
  public record Target(String address, @Nullable Path asset) {}

  private final Path root;
  private final Map<String, MarkdownPage> pages = new LinkedHashMap<>();

  /** Links between these pages of a repository. */
  public Links(Path root, List<MarkdownPage> all) {
    this.root = root.toAbsolutePath().normalize();
    all.forEach(page -> pages.put(page.path(), page));
  }

  /** The file of a page in the site. */
  static String file(String page) {
    if (page.equals("README.md")) {
      return "index.html";
    }
    return page.endsWith("/README.md")
        ? page.substring(0, page.length() - "README.md".length()) + "index.html"
        : page.substring(0, page.length() - ".md".length()) + ".html";
  }

  /** What leads from a page of the site back to its root: empty or some {@code ../}. */
  static String up(String page) {
    return "../".repeat((int) page.chars().filter(c -> c == '/').count());
  }

  /**
   * Where a link leads.
   *
   * @param from the page that has it
   * @param destination as it is written there
   * @throws BrokenLinkException if it leads nowhere; the message says why
   */
  public Target resolve(MarkdownPage from, String destination) throws BrokenLinkException {
    URI uri = uri(destination);
    if (uri.isAbsolute()) {
      if (!uri.getScheme().equals("https") && !uri.getScheme().equals("http")) {
        throw new BrokenLinkException("'%s' is neither a path nor http".formatted(destination));
      }
      return new Target(destination, null);
    }
    String anchor = uri.getFragment();
    if (uri.getPath().isEmpty()) {
      requireAnchor(from, anchor, destination);
      return new Target(destination, null);
    }
    Path file = root.resolve(from.path()).resolveSibling(uri.getPath()).normalize();
    if (!file.startsWith(root) || !Files.exists(file)) {
      throw new BrokenLinkException("'%s' is no file of the repository".formatted(destination));
    }
    String path = root.relativize(file).toString().replace('\\', '/');
    MarkdownPage page = pages.get(path);
    if (page != null) {
      if (anchor != null) {
        requireAnchor(page, anchor, destination);
      }
      String address = up(from.path()) + file(path);
      return new Target(anchor == null ? address : address + "#" + anchor, null);
    }
    if (anchor != null) {
      throw new BrokenLinkException("'%s' has an anchor, and is no page".formatted(destination));
    }
    return path.startsWith("docs/") && Files.isRegularFile(file)
        ? new Target(up(from.path()) + path, file)
        : new Target(SOURCES + (Files.isDirectory(file) ? "tree" : "blob") + "/main/" + path, null);
  }

  private static URI uri(String destination) throws BrokenLinkException {
    try {
      return URI.create(destination);
    } catch (IllegalArgumentException e) {
      throw new BrokenLinkException(e.getMessage());
    }
  }

  private static void requireAnchor(MarkdownPage page, @Nullable String anchor, String destination)
      throws BrokenLinkException {
    if (anchor == null || !page.anchors().all().containsValue(anchor)) {
      throw new BrokenLinkException("'%s' is no heading of %s".formatted(destination, page.path()));
    }
  }
}
