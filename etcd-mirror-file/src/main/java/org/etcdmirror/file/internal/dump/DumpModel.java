package org.etcdmirror.file.internal.dump;

import java.io.IOException;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.FileHeader;
import org.etcdmirror.file.internal.format.FileNames;

/** How the keys of a dump are named, as its files say. */
public final class DumpModel {

  private DumpModel() {}

  /** Reads the header of the newest file; empty if there is no dump yet. */
  public static Optional<KeyModel> read(Disk disk) throws IOException {
    Collection<String> names = disk.names();
    NavigableMap<Long, String> logs = FileNames.logs(names);
    NavigableSet<Long> snapshots = FileNames.snapshots(names);
    if (logs.isEmpty() && snapshots.isEmpty()) {
      return Optional.empty();
    }
    String name =
        logs.isEmpty() ? FileNames.snapshot(snapshots.last()) : logs.lastEntry().getValue();
    try (DiskFile file = disk.open(name)) {
      return Optional.of(FileHeader.read(file, disk.path(name)).keyModel());
    }
  }
}
