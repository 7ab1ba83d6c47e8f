package org.etcdmirror.file.internal.disk;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A directory of the operating system. Only its owner may read what is made here. */
public final class NioDisk implements Disk {

  private static final String LOCK = "lock";

  private final Path directory;

  /** The directory need not exist. */
  public NioDisk(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  @Override
  public Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        files.forEach(file -> names.add(file.getFileName().toString()));
      }
    }
    return names;
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return open(directory.resolve(name), READ, NOFOLLOW_LINKS);
  }

  @Override
  public DiskFile openToWrite(String name) throws IOException {
    return open(directory.resolve(name), READ, WRITE, NOFOLLOW_LINKS);
  }

  @Override
  public DiskFile create(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
    return open(directory.resolve(name), READ, WRITE, CREATE_NEW);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        directory.resolve(from),
        directory.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void sync() throws IOException {
    sync(directory);
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, READ)) {
      channel.force(true);
    }
  }

  /** Beside the dump, where there is room for it; elsewhere if the dump may only be read. */
  @Override
  public DiskFile scratch() throws IOException {
    Path place =
        Files.isWritable(directory) ? directory : Path.of(System.getProperty("java.io.tmpdir"));
    Path file = place.resolve("scratch-" + UUID.randomUUID() + ".tmp");
    return open(file, READ, WRITE, CREATE_NEW, DELETE_ON_CLOSE);
  }

  @Override
  public Closeable lock() throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, owner("rwx------"));
      Path parent = directory.getParent();
      if (parent != null) {
        sync(parent);
      }
    }
    FileChannel channel = channel(directory.resolve(LOCK), WRITE, CREATE, NOFOLLOW_LINKS);
    if (isLocked(channel)) {
      return channel;
    }
    channel.close();
    throw new IOException(
        "'%s' is locked by another writer; end that one, or wait".formatted(path(LOCK)));
  }

  /** The lock goes when the channel is closed. */
  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static DiskFile open(Path file, OpenOption... options) throws IOException {
    return new NioFile(channel(file, options));
  }

  private static FileChannel channel(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, Set.of(options), owner("rw-------"));
  }

  /** For the owner alone, where the file system knows owners. */
  private static FileAttribute<?>[] owner(String rights) {
    if (!Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
    };
  }

  @Override
  public String path(String name) {
    return directory.resolve(name).toString();
  }

  @Override
  public String path() {
    return directory.toString();
  }
}
