package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the directory of a dump can be used: its rights, its room and its lock, and what it
 * holds.
 *
 * @param side {@code source} or {@code sink}
 * @param directory where the dump is, or is to be
 * @param held says what the dump holds
 */
record DumpCheck(String side, Path directory, Held held) implements Check {

  /** Reads a dump. */
  @FunctionalInterface
  interface Held {

    /** Returns what it holds, for a person; null for nothing. */
    @Nullable String describe() throws IOException, InterruptedException;
  }

  /** A log before the next snapshot, and a little more. */
  private static final long LEAST_ROOM = 128L << 20;

  @Override
  public String name() {
    return side + " dump";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    boolean isSink = side.equals("sink");
    if (Files.isDirectory(directory)) {
      findContent(findings);
      if (isSink) {
        findLock(findings);
      }
    } else if (Files.exists(directory) || !isSink) {
      findings.problem("'%s' is no directory".formatted(directory), "correct the address");
      return;
    } else {
      findings.ok("'%s' does not exist, and will be made".formatted(directory));
    }
    if (isSink) {
      DirectoryRoom.find(findings, directory, LEAST_ROOM + size());
    }
  }

  private void findContent(Findings findings) throws IOException, InterruptedException {
    try {
      String content = held.describe();
      findings.ok("'%s' holds %s".formatted(directory, content == null ? "nothing yet" : content));
    } catch (PermanentException e) {
      findings.problem(String.valueOf(e.getMessage()), "");
    }
  }

  /** A mirror holds the lock only while it writes. Nothing is made for this. */
  private void findLock(Findings findings) throws IOException {
    Path file = directory.resolve("lock");
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        @Nullable FileLock lock = channel.tryLock()) {
      findings.ok(lock == null ? "a mirror writes to the dump now" : "no other mirror writes now");
    } catch (OverlappingFileLockException e) {
      findings.ok("a mirror writes to the dump now");
    } catch (IOException e) {
      findings.problem(
          "'%s' cannot be locked: %s".formatted(file, e.getMessage()),
          "use a file system with locks, and a user who may write there");
    }
  }

  /** The next snapshot may need as much again. */
  private long size() throws IOException {
    long bytes = 0;
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          bytes += Files.exists(file) ? Files.size(file) : 0;
        }
      }
    }
    return bytes;
  }
}
