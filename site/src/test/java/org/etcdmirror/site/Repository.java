package org.etcdmirror.site;

import java.nio.file.Path;

/** The repository that the tests run in. */
final class Repository {

  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Repository() {}
}
