package org.etcdmirror.file.internal.dump;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.format.FileNames;
import org.jspecify.annotations.Nullable;

/**
 * Removes old history. A dump can be read from each of its bases on: from its snapshots, and from
 * its beginning as long as the first log is there. The oldest base goes, with the logs up to the
 * next one.
 */
final class Pruning {

  private final Disk disk;
  private final @Nullable Duration keep;
  private final @Nullable Integer snapshots;

  /**
   * Keeps what both limits allow.
   *
   * @param keep the age; null for no limit
   * @param snapshots the number of bases; null for no limit
   */
  Pruning(Disk disk, @Nullable Duration keep, @Nullable Integer snapshots) {
    this.disk = disk;
    this.keep = keep;
    this.snapshots = snapshots;
  }

  /** Removes what is too old now, in milliseconds of the wall clock. */
  void prune(long now) throws IOException {
    Collection<String> names = disk.names();
    List<Long> bases = new ArrayList<>(FileNames.snapshots(names));
    if (FileNames.logs(names).containsKey(1L)) {
      bases.add(0, 0L);
    }
    while (bases.size() > 1 && (isOneTooMany(bases) || isUnneeded(bases.get(1), now))) {
      long oldest = bases.remove(0);
      if (oldest > 0) {
        delete(FileNames.snapshot(oldest));
      }
    }
    deleteLogs(names, bases.isEmpty() ? 0 : bases.get(0));
  }

  private boolean isOneTooMany(List<Long> bases) {
    return snapshots != null && bases.size() > snapshots;
  }

  /** Whether each index of the time to keep can be reached from this base. */
  private boolean isUnneeded(long next, long now) throws IOException {
    return keep != null && new SnapshotFiles(disk).end(next).writtenAt() <= now - keep.toMillis();
  }

  /** One after the other is gone for good, so that a loss of power leaves no hole. */
  private void delete(String name) throws IOException {
    disk.delete(name);
    disk.sync();
  }

  /** The oldest first, so that a killed writer leaves no hole. */
  private void deleteLogs(Collection<String> names, long base) throws IOException {
    NavigableMap<Long, String> logs = FileNames.logs(names);
    for (Map.Entry<Long, String> log : logs.entrySet()) {
      Long next = logs.higherKey(log.getKey());
      if (next == null || next > base + 1) {
        return;
      }
      delete(log.getValue());
    }
  }
}
