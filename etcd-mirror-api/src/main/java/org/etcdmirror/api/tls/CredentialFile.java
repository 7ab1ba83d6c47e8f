package org.etcdmirror.api.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads the small files that hold passwords, certificates and keys. Symbolic links are followed, as
 * secrets are often mounted that way.
 */
final class CredentialFile {

  private static final int MOST_BYTES = 1 << 20;

  private CredentialFile() {}

  /**
   * The whole content.
   *
   * @throws IOException if there is no such file, it is not a regular file (opening a FIFO would
   *     wait until something is written to it), or it is larger than 1 MiB
   */
  static byte[] read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new IOException("it is larger than 1 MiB");
      }
      return content;
    }
  }
}
