package org.etcdmirror.file.internal.merge;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Change;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot and what happened after it. It can be read several times.
 *
 * <p>A deleted directory stays as long as something is in it. What is in a directory comes behind
 * it in key order, so paths are read once before to find out.
 */
public final class MergedState implements Closeable {

  /** Entries in key order. */
  @FunctionalInterface
  public interface Entries {
    /** The next entry, a put or a directory; null after the last one. */
    @Nullable Change next() throws IOException;
  }

  private final KeyModel keyModel;
  private final @Nullable DiskFile snapshot;
  private final String path;
  private final SortedRuns later;
  private @Nullable Set<Bytes> keptDirectories;

  /**
   * A state.
   *
   * @param snapshot the file of the snapshot, which is closed with this; null if there is none
   * @param path its whole path, for messages
   * @param later what happened after it; closed with this
   */
  public MergedState(
      KeyModel keyModel, @Nullable DiskFile snapshot, String path, SortedRuns later) {
    this.keyModel = keyModel;
    this.snapshot = snapshot;
    this.path = path;
    this.later = later;
  }

  /** Reads from the first entry on. */
  public Entries entries() throws IOException {
    Entries all = all();
    if (keyModel == KeyModel.BYTES) {
      return all;
    }
    Set<Bytes> kept = keptDirectories();
    return () -> {
      Change entry = all.next();
      while (entry != null && isDeleted(entry) && !kept.contains(entry.key())) {
        entry = all.next();
      }
      return entry;
    };
  }

  private static boolean isDeleted(Change entry) {
    return entry.kind() == Change.Kind.DELETED_DIRECTORY;
  }

  private Entries all() throws IOException {
    List<Cursor> cursors = new ArrayList<>(later.cursors());
    if (snapshot != null) {
      cursors.add(new SnapshotCursor(snapshot, path));
    }
    return new StateCursor(keyModel, new MergedCursor(cursors));
  }

  /** The deleted directories that are not empty. */
  private Set<Bytes> keptDirectories() throws IOException {
    Set<Bytes> kept = keptDirectories;
    if (kept == null) {
      kept = findKeptDirectories();
      keptDirectories = kept;
    }
    return kept;
  }

  private Set<Bytes> findKeptDirectories() throws IOException {
    Set<Bytes> kept = new HashSet<>();
    Tops<Boolean> deleted = new Tops<>();
    Entries all = all();
    for (Change entry = all.next(); entry != null; entry = all.next()) {
      if (isDeleted(entry)) {
        deleted.add(entry.key(), true);
      } else {
        deleted.above(entry.key()).forEach(top -> kept.add(top.key()));
      }
    }
    return kept;
  }

  @Override
  public void close() throws IOException {
    try (later) {
      if (snapshot != null) {
        snapshot.close();
      }
    }
  }
}
