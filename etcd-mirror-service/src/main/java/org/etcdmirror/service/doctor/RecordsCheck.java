package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.etcdmirror.service.config.Given;

/**
 * Whether what the service writes down about a link can be written.
 *
 * @param place the file of {@code --audit}, or the directory of {@code --dump-dir}
 * @param isFile whether it is a file, which need not exist
 */
record RecordsCheck(Given place, boolean isFile) implements Check {

  /** An audit grows; dumps are twenty files of about a mebibyte at most. */
  private static final long LEAST_ROOM = 64L << 20;

  @Override
  public String name() {
    return place.option();
  }

  @Override
  public void run(Findings findings) throws IOException {
    Path path;
    try {
      path = Path.of(place.text()).toAbsolutePath();
    } catch (InvalidPathException e) {
      findings.problem("'%s' is no path: %s".formatted(place.text(), e.getReason()), "correct it");
      return;
    }
    Path directory = isFile ? path.getParent() : path;
    if (directory == null || !Files.isDirectory(directory)) {
      findings.problem(
          "there is no directory '%s'".formatted(directory), "make it, for the service's user");
    } else if (isFile
        && Files.exists(path)
        && !(Files.isRegularFile(path) && Files.isWritable(path))) {
      findings.problem(
          "'%s' is no file that can be written to".formatted(path), "choose another file");
    } else {
      DirectoryRoom.find(findings, directory, LEAST_ROOM);
    }
  }
}
