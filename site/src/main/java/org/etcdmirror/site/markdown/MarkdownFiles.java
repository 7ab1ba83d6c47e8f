package org.etcdmirror.site.markdown;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds the pages for people: those in the root, in {@code docs} and beside the examples. */
final class MarkdownFiles {

  private static final int DEPTH_OF_DOCS = 3;
  private static final int DEPTH_OF_EXAMPLES = 2;

  private MarkdownFiles() {}

  /** The paths from the root, with slashes, in order. */
  static Set<String> in(Path root) throws IOException {
    Set<String> found = new TreeSet<>();
    for (Folder folder :
        List.of(
            new Folder("", 1),
            new Folder("docs", DEPTH_OF_DOCS),
            new Folder("examples", DEPTH_OF_EXAMPLES))) {
      try (Stream<Path> files = Files.walk(root.resolve(folder.name), folder.depth)) {
        files
            .filter(file -> file.toString().endsWith(".md"))
            .map(file -> root.relativize(file).toString().replace('\\', '/'))
            .forEach(found::add);
      }
    }
    return found;
  }

  private record Folder(String name, int depth) {}
}
