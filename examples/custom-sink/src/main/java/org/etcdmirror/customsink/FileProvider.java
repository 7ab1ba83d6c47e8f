package org.etcdmirror.customsink;

import java.nio.file.Path;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.store.FileIndexStore;

/**
 * What sinks in a file have in common: where they are, and that their index is in a file beside.
 */
abstract class FileProvider implements SinkProvider {

  private final String scheme;

  FileProvider(String scheme) {
    this.scheme = scheme;
  }

  @Override
  public final String scheme() {
    return scheme;
  }

  /** The index in a file beside the sink's. */
  static IndexStore indexBeside(Path file) {
    return FileIndexStore.at(file.resolveSibling(file.getFileName() + ".index"));
  }

  /** The file that the address names. */
  static Path file(SinkSettings settings) {
    if (!settings.access().equals(Access.ANONYMOUS)) {
      throw new IllegalArgumentException(
          "'%s' knows no users and certificates".formatted(settings.address()));
    }
    if (settings.checkpointKey() != null) {
      throw new IllegalArgumentException(
          "'%s' keeps its index in a file, which has no key".formatted(settings.address()));
    }
    Path file = Path.of(settings.address().rest()).toAbsolutePath();
    if (file.getFileName() == null) {
      throw new IllegalArgumentException("'%s' names no file".formatted(settings.address()));
    }
    return file;
  }
}
