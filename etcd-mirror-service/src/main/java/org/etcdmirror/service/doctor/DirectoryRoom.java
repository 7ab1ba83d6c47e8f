package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether files can be made in a directory, and whether there is room for them. */
final class DirectoryRoom {

  private static final int MEBIBYTE = 20;

  private DirectoryRoom() {}

  /**
   * Adds a finding. Makes nothing.
   *
   * @param directory is looked at where it exists; else the directory in which it would be made
   * @param needed so many bytes may be written there
   */
  static void find(Findings findings, Path directory, long needed) throws IOException {
    Path there = directory.toAbsolutePath().normalize();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    long left = Files.getFileStore(there).getUsableSpace();
    String room = "%d MiB are left for '%s'".formatted(left >> MEBIBYTE, directory);
    if (!Files.isDirectory(there) || !Files.isWritable(there) || !Files.isExecutable(there)) {
      findings.problem(
          "'%s' cannot be written to by user '%s'"
              .formatted(there, System.getProperty("user.name")),
          "change its owner or its mode, or choose another directory");
    } else if (left < needed) {
      findings.warning(
          "%s, and %d MiB may be needed".formatted(room, needed >> MEBIBYTE),
          "make room, or choose another directory");
    } else {
      findings.ok(room);
    }
  }
}
