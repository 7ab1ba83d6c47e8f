package org.etcdmirror.service.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file to which lines are appended. If it was moved or removed, as logrotate does it, the next
 * lines go to a new file of the name. A file that is made here is for its owner alone; one that is
 * there keeps its mode. Used by one thread at a time.
 */
final class AuditFile {

  private final Path path;
  private @Nullable OutputStream stream;

  /** What the file system calls the open file; null if it has no name for it. */
  private @Nullable Object openKey;

  /** Whether the last line may have been written in part. */
  private boolean torn;

  AuditFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** Opens the file, unless the open one is still at its place. */
  void open() throws IOException {
    if (stream != null && !isInPlace()) {
      close();
      torn = false;
    }
    if (stream == null) {
      create();
      // Not a channel: an interrupt would close it.
      stream = Files.newOutputStream(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      openKey = key();
    }
  }

  private boolean isInPlace() throws IOException {
    try {
      return Objects.equals(openKey, key());
    } catch (NoSuchFileException moved) {
      return false;
    }
  }

  private @Nullable Object key() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  private void create() throws IOException {
    boolean hasModes = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] owned =
        hasModes
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      Files.createFile(path, owned);
    } catch (FileAlreadyExistsException there) {
      // As it should be, from the second run on.
    }
  }

  /** Appends whole lines. What of them was written before a failure is not taken back. */
  void append(byte[] lines) throws IOException {
    open();
    OutputStream to = Objects.requireNonNull(stream);
    try {
      if (torn) {
        to.write('\n');
      }
      torn = true;
      to.write(lines);
      torn = false;
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Closes the file until something is appended again. */
  void close() {
    OutputStream open = stream;
    stream = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // Nothing is buffered here, so nothing is lost.
      }
    }
  }
}
