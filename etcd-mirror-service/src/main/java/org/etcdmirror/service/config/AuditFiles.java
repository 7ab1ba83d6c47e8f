package org.etcdmirror.service.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The audit files of the links of a process. Each link counts the lines of its own. */
final class AuditFiles {

  private AuditFiles() {}

  /**
   * Compares the files of all links.
   *
   * @throws UsageException if two links have the same
   */
  static void refuseShared(List<Settings> links) {
    Map<Path, Settings> byFile = new HashMap<>();
    for (Settings settings : links) {
      Given file = settings.values().optional(LinkOption.AUDIT);
      if (file == null) {
        continue;
      }
      Settings other = byFile.put(path(file), settings);
      if (other != null) {
        throw file.wrong(
            "links '%s' and '%s' would both write '%s'; give each its own file"
                .formatted(name(other), name(settings), file.text()));
      }
    }
  }

  private static Path path(Given file) {
    try {
      return RealPath.of(Path.of(file.text()));
    } catch (InvalidPathException e) {
      throw file.wrong(e);
    }
  }

  private static String name(Settings settings) {
    Given link = settings.link();
    return link == null ? "" : link.text();
  }
}
