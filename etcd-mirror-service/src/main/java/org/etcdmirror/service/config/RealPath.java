package org.etcdmirror.service.config;

import java.io.IOException;
import java.nio.file.Path;

/** The place that a path leads to, so that two names of one file or directory are found. */
final class RealPath {

  private RealPath() {}

  /** Follows links, as far as the path exists. */
  static Path of(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException absent) {
      Path parent = absolute.getParent();
      Path name = absolute.getFileName();
      return parent == null || name == null ? absolute : of(parent).resolve(name);
    }
  }
}
