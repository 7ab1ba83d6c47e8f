package org.etcdmirror.file;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.file.internal.disk.Disk;

/** Writes and reads dumps in tests. */
final class Dump {

  static final String LINK = "link";
  static final Bytes PREFIX = Bytes.utf8("/p");
  static final Selection ALL = Selection.of(PREFIX);

  private Dump() {}

  static FileSink sink(Disk disk, KeyModel keyModel, long snapshotAfter) {
    return sink(disk, keyModel, new Retention(null, null), snapshotAfter);
  }

  static FileSink sink(Disk disk, KeyModel keyModel, Retention retention, long snapshotAfter) {
    FileSink sink = new FileSink(disk, keyModel, retention, snapshotAfter);
    sink.indexStore(LINK);
    sink.open(new SinkContext(LINK, keyModel, List.of(PREFIX)));
    return sink;
  }

  static Checkpoint at(long index) {
    return new Checkpoint(index, "cluster", "scope", Instant.EPOCH);
  }

  /** The checkpoint of a first copy that is not finished. */
  static Checkpoint unfinished() {
    return new Checkpoint(
        0, "cluster", "scope", Instant.EPOCH, 0, Map.of("must-compare", "NO_CHECKPOINT"));
  }

  static MirrorEvent.Put put(String key, String value, long index) {
    return new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
  }

  static List<MirrorEvent.Entry> entries(Snapshot snapshot)
      throws IOException, InterruptedException {
    List<MirrorEvent.Entry> entries = new ArrayList<>();
    try (snapshot) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  static List<String> lines(Snapshot snapshot) throws IOException, InterruptedException {
    return entries(snapshot).stream().map(DumpModelMap::line).toList();
  }
}
