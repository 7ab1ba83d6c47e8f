package org.etcdmirror.core.store;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.CheckpointText;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a checkpoint in a small text file, which is replaced as a whole and which only its owner
 * may read. A file that is not a checkpoint is an error, never "nothing stored"; so is a symbolic
 * link, a FIFO or a device in its place. A second mirror on the same file is noticed when the file
 * is no longer what this store last read or wrote; a file of the same name with {@code .lock}
 * appended guards the moment of replacement. While another process holds that lock, a save fails
 * with an {@link IOException} and is repeated.
 */
public final class FileIndexStore implements IndexStore {

  private final AtomicFile file;
  private byte @Nullable [] known;

  /** What a save that failed may have left in place of {@link #known}. */
  private byte @Nullable [] attempted;

  private boolean loaded;

  private FileIndexStore(Path file) {
    this.file = new AtomicFile(file);
  }

  /** The store in this file, which need not exist; its directory must. */
  public static FileIndexStore at(Path file) {
    return new FileIndexStore(file);
  }

  @Override
  public Optional<Checkpoint> load() throws IOException {
    known = file.read();
    attempted = null;
    loaded = true;
    return known == null
        ? Optional.empty()
        : Optional.of(
            CheckpointText.parse(new String(known, StandardCharsets.UTF_8), "file " + file.path()));
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException {
    if (!loaded) {
      load();
    }
    byte[] text = CheckpointText.format(checkpoint).getBytes(StandardCharsets.UTF_8);
    FileLock lock = file.lock();
    try {
      byte[] found = file.read();
      if (!Arrays.equals(found, known) && (found == null || !Arrays.equals(found, attempted))) {
        throw new FencedException(
            "'"
                + file.path()
                + "' was changed by another mirror or by hand since this mirror read it; use one file for each mirror");
      }
      attempted = text;
      file.replace(text);
      known = text;
    } finally {
      lock.acquiredBy().close();
    }
  }

  @Override
  public void close() {}
}
