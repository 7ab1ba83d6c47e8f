package org.etcdmirror.service.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.etcdmirror.api.tls.Access;

/** Access to the pages for tests. */
public final class TestPageAccess {

  private TestPageAccess() {}

  /** Writes a token to a file that its owner alone may read. */
  public static Path write(Path file, String token) throws IOException {
    Files.writeString(file, token + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /** Writes a token to a file, and has those act who present it. */
  public static PageAccess withToken(Path file, String token) throws IOException {
    return new PageAccess(
        AdminToken.of(Given.onCommandLine("admin-token-file", write(file, token).toString())),
        Access.ANONYMOUS);
  }
}
