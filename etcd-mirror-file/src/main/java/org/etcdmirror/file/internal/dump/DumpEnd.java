package org.etcdmirror.file.internal.dump;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.FileNames;
import org.etcdmirror.file.internal.format.SnapshotEnd;
import org.etcdmirror.file.internal.format.Stored;
import org.etcdmirror.file.internal.log.Group;
import org.etcdmirror.file.internal.log.Groups;
import org.etcdmirror.file.internal.log.LogReader;
import org.jspecify.annotations.Nullable;

/**
 * What a writer finds when it begins.
 *
 * @param position where it goes on
 * @param stored the newest checkpoint; null if there is none
 * @param storedIn the group that stored it; 0 if there is none
 * @param logBytes the size of the logs after the newest snapshot
 * @param snapshotBytes the size of the newest snapshot; 0 if there is none
 */
public record DumpEnd(
    Position position, @Nullable Stored stored, long storedIn, long logBytes, long snapshotBytes) {

  /** Reads what came after the newest snapshot. */
  public static DumpEnd read(Disk disk) throws IOException {
    Collection<String> names = disk.names();
    NavigableSet<Long> snapshots = FileNames.snapshots(names);
    long base = snapshots.isEmpty() ? 0 : snapshots.last();
    SnapshotFiles files = new SnapshotFiles(disk);
    Stored stored = null;
    long storedIn = 0;
    if (base > 0) {
      SnapshotEnd end = files.end(base);
      stored = end.stored();
      storedIn = end.storedIn();
    }
    long group = base;
    try (Groups groups = new Groups(disk, names, base)) {
      for (Group next = groups.next(); next != null; next = groups.next()) {
        group = next.number();
        if (next.commit().stored() != null) {
          stored = next.commit().stored();
          storedIn = group;
        }
      }
    }
    NavigableMap<Long, String> logs = FileNames.logs(names);
    return new DumpEnd(
        position(disk, logs, group),
        stored,
        storedIn,
        bytes(disk, logs.tailMap(base, false)),
        base == 0 ? 0 : files.size(base));
  }

  private static Position position(Disk disk, NavigableMap<Long, String> logs, long group)
      throws IOException {
    if (logs.isEmpty()) {
      return new Position(null, 0, group, -1, 0);
    }
    try (LogReader newest = new LogReader(disk, logs.lastEntry().getValue(), true)) {
      long attempt = 0;
      for (Group next = newest.next(); next != null; next = newest.next()) {
        attempt = next.attempt();
      }
      return new Position(
          logs.lastKey(), newest.committedEnd(), group, newest.lastCommitAt(), attempt);
    }
  }

  private static long bytes(Disk disk, Map<Long, String> logs) throws IOException {
    long bytes = 0;
    for (String log : logs.values()) {
      try (DiskFile file = disk.open(log)) {
        bytes += file.size();
      }
    }
    return bytes;
  }
}
