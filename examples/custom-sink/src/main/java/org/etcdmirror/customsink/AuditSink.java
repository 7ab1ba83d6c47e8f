package org.etcdmirror.customsink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what happens: one line of JSON an event, at the end of a file. A batch is in the file
 * as a whole or not at all, also after a crash, and a batch that comes again is not written again.
 *
 * <p>An audit cannot be compared with its source, so a resync tells it of every key that there is,
 * and of no delete. Events on one key that wait together arrive as one, the last of them.
 */
public final class AuditSink implements EventSink {

  private final Path file;
  private volatile boolean closed;

  /** Open and locked; null before the first batch, and after a failure. */
  private volatile @Nullable FileChannel channel;

  /** The events of the last batch in the file. */
  private Set<String> last = Set.of();

  /** A sink in this file, which need not exist; its directory must. */
  public AuditSink(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** In a file beside. An audit goes on in a new file where the old one was moved away. */
  @Override
  public IndexStore indexStore(String link) {
    return new AuditIndex(FileProvider.indexBeside(file));
  }

  /** Directories are not of interest, and keys may be named in any way. */
  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public void apply(EventBatch batch) throws IOException {
    if (batch.events().isEmpty()) {
      return;
    }
    FileChannel open = open();
    List<AuditLine> lines = new ArrayList<>();
    for (MirrorEvent event : batch.events()) {
      AuditLine line = AuditLine.of(event);
      if (!last.contains(line.identity())) {
        lines.add(line);
      }
    }
    if (!lines.isEmpty()) {
      // What comes again with something new behind it is one batch with that.
      boolean goesOn = lines.size() < batch.events().size();
      append(open, lines, goesOn ? last : Set.of());
    }
  }

  /** Writes lines of a batch of which these events are in the file already. */
  private void append(FileChannel open, List<AuditLine> lines, Set<String> before)
      throws IOException {
    Set<String> batch = new HashSet<>(before);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      AuditLine line = lines.get(i).at(before.size() + i + 1, before.size() + lines.size());
      batch.add(line.identity());
      text.append(line.text());
    }
    long end = open.size();
    try {
      open.position(end);
      DurableFile.write(open, text.toString().getBytes(UTF_8));
    } catch (IOException e) {
      undo(open, end, e);
      throw e;
    }
    last = batch;
  }

  /**
   * Nothing of the batch stays. Opening the file again would cut half a batch as well, but must not
   * take a whole one for durable of which it is not known.
   */
  private void undo(FileChannel open, long end, IOException failure) {
    channel = null;
    try (open) {
      open.truncate(end);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private FileChannel open() throws IOException {
    FileChannel known = channel;
    // An interrupt closes it as well.
    if (known != null && known.isOpen()) {
      return known;
    }
    if (closed) {
      throw new IOException(file + " was closed");
    }
    FileChannel fresh = FileChannel.open(file, CREATE, READ, WRITE);
    try {
      lock(fresh);
      AuditTail tail = AuditTail.read(file, fresh);
      fresh.truncate(tail.end());
      fresh.force(true);
      DurableFile.syncDirectory(file);
      last = tail.batch();
    } catch (IOException | RuntimeException e) {
      fresh.close();
      throw e;
    }
    channel = fresh;
    if (closed) {
      // Meanwhile, by another thread.
      close();
    }
    return fresh;
  }

  /** Held until the channel is closed. A mirror that is just ending lets go of it. */
  private void lock(FileChannel fresh) throws IOException {
    FileLock lock;
    try {
      lock = fresh.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new IOException(file + " is written by another mirror of this process", e);
    }
    if (lock == null) {
      throw new IOException(file + " is written by another process");
    }
  }

  @Override
  public void close() {
    closed = true;
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // Each batch was synced before it was called durable: there is nothing left to lose.
        throw new UncheckedIOException(file + " could not be closed", e);
      }
    }
  }
}
