package org.etcdmirror.core;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a checkpoint in a small text file, which is never seen half written: a new file is written
 * and synced beside it, and then moved over it. A file that is not a checkpoint is an error, never
 * "nothing stored". A second mirror on the same file is noticed when the file is no longer what
 * this store last read or wrote; a file of the same name with {@code .lock} appended guards the
 * moment of replacement.
 */
public final class FileIndexStore implements IndexStore {

  private final Path file;
  private final Path directory;
  private final Path lockFile;
  private final Path newFile;
  private byte @Nullable [] known;

  /** What a save that failed may have left in place of {@link #known}. */
  private byte @Nullable [] attempted;

  private boolean loaded;

  private FileIndexStore(Path file) {
    this.file = file.toAbsolutePath();
    this.directory = this.file.resolveSibling("").toAbsolutePath();
    this.lockFile = this.file.resolveSibling(this.file.getFileName() + ".lock");
    this.newFile = this.file.resolveSibling(this.file.getFileName() + ".new");
  }

  /** The store in this file, which need not exist; its directory must. */
  public static FileIndexStore at(Path file) {
    return new FileIndexStore(file);
  }

  @Override
  public Optional<Checkpoint> load() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString(), null, "the checkpoint's directory");
    }
    known = read();
    attempted = null;
    loaded = true;
    return known == null
        ? Optional.empty()
        : Optional.of(CheckpointText.parse(file, new String(known, StandardCharsets.UTF_8)));
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException {
    if (!loaded) {
      load();
    }
    byte[] text = CheckpointText.format(checkpoint).getBytes(StandardCharsets.UTF_8);
    try (FileChannel guard = FileChannel.open(lockFile, CREATE, READ, WRITE);
        FileLock lock = lock(guard)) {
      byte[] found = read();
      if (!Arrays.equals(found, known) && (found == null || !Arrays.equals(found, attempted))) {
        throw new FencedException(
            file + " was changed by another mirror or by hand; this mirror stops");
      }
      write(text);
      attempted = text;
      Files.move(
          newFile, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      known = text;
      syncDirectory();
    }
  }

  private FileLock lock(FileChannel guard) throws IOException {
    try {
      return guard.lock();
    } catch (OverlappingFileLockException e) {
      throw new IOException(lockFile + " is held by another store in this process", e);
    }
  }

  private void write(byte[] text) throws IOException {
    try (FileChannel channel = FileChannel.open(newFile, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer left = ByteBuffer.wrap(text);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }

  private byte @Nullable [] read() throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  @Override
  public void close() {}
}
