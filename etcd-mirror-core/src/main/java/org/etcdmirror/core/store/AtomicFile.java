package org.etcdmirror.core.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * A small file that is replaced as a whole, so that it is never seen half written: a new file of a
 * random name is written and synced beside it, and then moved over it. Only its owner may read it.
 * Symbolic links are not followed, because another user could point them at a file of ours. A file
 * of the same name with {@code .lock} appended guards the moment of replacement.
 */
final class AtomicFile {

  /** Far above any checkpoint, and little enough to hold in memory. */
  private static final long MOST_BYTES = 16L << 20;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path file;
  private final Path directory;
  private final Path lockFile;

  AtomicFile(Path file) {
    this.file = file.toAbsolutePath();
    this.directory = this.file.resolveSibling("").toAbsolutePath();
    this.lockFile = this.file.resolveSibling(this.file.getFileName() + ".lock");
  }

  Path path() {
    return file;
  }

  /**
   * The whole content; null if there is no such file.
   *
   * @throws NoSuchFileException if its directory is missing
   * @throws PermanentException if it is not a regular file, or too large to be one of ours
   */
  byte @Nullable [] read() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(
          directory.toString(), null, "directory of the checkpoint does not exist; create it");
    }
    if (!isThere(file)) {
      return null;
    }
    long size = Files.size(file);
    if (size > MOST_BYTES) {
      throw new PermanentException(
          "file is too large to be a checkpoint: '%s', %d bytes; name another file"
              .formatted(file, size));
    }
    return Files.readAllBytes(file);
  }

  /** Holds the lock until it is closed; at once or not at all. */
  FileLock lock() throws IOException {
    isThere(lockFile);
    FileChannel channel = open(lockFile, CREATE, READ, WRITE, NOFOLLOW_LINKS);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new IOException(
            "lock is held by another process: '%s'; another mirror may use this file"
                .formatted(lockFile));
      }
      return lock;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException(
          "lock is held by another store in this process: '"
              + lockFile
              + "'; close that store, or name another file",
          e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Replaces the content; durable when this returns. To be called with the lock held. */
  void replace(byte[] content) throws IOException {
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    Path next = directory.resolve(prefix() + HexFormat.of().formatHex(random));
    deleteLeftovers();
    try {
      write(next, content);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(next);
      throw e;
    }
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }

  private String prefix() {
    return file.getFileName() + ".new-";
  }

  /** A crash in the middle of a replacement leaves one; the lock says that none is in use. */
  private void deleteLeftovers() throws IOException {
    String prefix = prefix();
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(
            directory, path -> path.getFileName().toString().startsWith(prefix))) {
      for (Path path : left) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static void write(Path next, byte[] content) throws IOException {
    try (FileChannel channel = open(next, CREATE_NEW, WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  /** For the owner alone, where the file system knows owners. */
  private static FileChannel open(Path path, OpenOption... options) throws IOException {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] owner =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return FileChannel.open(path, Set.of(options), owner);
  }

  /** Whether the file exists. Checks its kind first, because opening a FIFO would block. */
  private static boolean isThere(Path path) throws IOException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return false;
    }
    if (!found.isRegularFile()) {
      String what =
          found.isDirectory()
              ? "a directory"
              : found.isSymbolicLink() ? "a symbolic link" : "a device, FIFO or socket";
      throw new PermanentException(
          "not a regular file: '%s' is %s; name another file".formatted(path, what));
    }
    return true;
  }
}
