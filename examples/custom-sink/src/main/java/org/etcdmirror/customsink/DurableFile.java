package org.etcdmirror.customsink;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes files that survive a loss of power and are never seen half written. */
final class DurableFile {

  private DurableFile() {}

  /** The content, or null if there is no such file. */
  static byte @Nullable [] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  /** Puts a new content in place of the old one; durable when this returns. */
  static void replace(Path file, byte[] content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel = FileChannel.open(next, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(next, file, ATOMIC_MOVE);
    syncDirectory(file);
  }

  /** Makes the name of a new file as durable as its content. */
  private static void syncDirectory(Path file) throws IOException {
    try (FileChannel directory = FileChannel.open(file.resolveSibling("").toAbsolutePath(), READ)) {
      directory.force(true);
    }
  }
}
