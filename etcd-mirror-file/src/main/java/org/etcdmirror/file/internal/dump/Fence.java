package org.etcdmirror.file.internal.dump;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.NavigableMap;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.FileNames;
import org.etcdmirror.file.internal.log.Group;
import org.etcdmirror.file.internal.log.LogReader;

/** Whether the dump still ends where its writer left it. */
final class Fence {

  /** The offset of the attempt in a frame. */
  private static final int ATTEMPT_AT = 20;

  private final Disk disk;

  Fence(Disk disk) {
    this.disk = disk;
  }

  /**
   * Compares what is there with what is known.
   *
   * @param ownAttempt the last attempt of this writer, which may have failed and left something
   * @throws FencedException if another writer went on from there
   * @throws SinkRolledBackException if what this writer left is gone
   */
  void check(Position known, long ownAttempt) throws IOException {
    NavigableMap<Long, String> logs = FileNames.logs(disk.names());
    Long log = known.log();
    if (log == null) {
      if (!logs.isEmpty()) {
        throw fenced(logs.lastEntry().getValue());
      }
      return;
    }
    if (logs.isEmpty() || logs.lastKey() < log) {
      throw rolledBack(FileNames.log(log), "the file is gone");
    }
    if (logs.lastKey() > log) {
      throw fenced(logs.lastEntry().getValue());
    }
    checkNewest(FileNames.log(log), known, ownAttempt);
  }

  private void checkNewest(String name, Position known, long ownAttempt) throws IOException {
    try (DiskFile file = disk.open(name)) {
      if (file.size() < known.end()) {
        throw rolledBack(
            name, "it ends at %d, and was written up to %d".formatted(file.size(), known.end()));
      }
      if (known.commitAt() >= 0 && attemptAt(file, known.commitAt()) != known.attempt()) {
        throw rolledBack(name, "it holds other changes than were written");
      }
      if (file.size() == known.end()) {
        return;
      }
    }
    try (LogReader log = new LogReader(disk, name, true)) {
      for (Group next = log.next(); next != null; next = log.next()) {
        if (next.number() > known.group() && next.attempt() != ownAttempt) {
          throw fenced(name);
        }
      }
    }
  }

  private static long attemptAt(DiskFile file, long frame) throws IOException {
    ByteBuffer attempt = ByteBuffer.allocate(Long.BYTES);
    file.read(attempt, frame + ATTEMPT_AT);
    return attempt.flip().remaining() < Long.BYTES ? 0 : attempt.getLong();
  }

  private FencedException fenced(String name) {
    return new FencedException(
        "another mirror wrote to '%s' since this mirror read it; use one directory for each mirror"
            .formatted(disk.path(name)));
  }

  private SinkRolledBackException rolledBack(String name, String why) {
    return new SinkRolledBackException(
        "dump is no longer what this mirror wrote: '%s': %s".formatted(disk.path(name), why));
  }
}
