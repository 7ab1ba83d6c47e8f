package org.etcdmirror.file.internal.dump;

import static java.util.Objects.requireNonNull;

import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Commit;
import org.etcdmirror.file.internal.format.Encoder;
import org.etcdmirror.file.internal.format.FileHeader;
import org.etcdmirror.file.internal.format.FileNames;
import org.etcdmirror.file.internal.format.Frame;
import org.etcdmirror.file.internal.format.Stored;
import org.etcdmirror.file.internal.merge.MergedState;
import org.jspecify.annotations.Nullable;

/**
 * Appends groups to a dump. A group is durable when {@link #append} returns, and nothing of it
 * counts if it fails. Each write holds the lock of the directory, and first compares what is there
 * with what this writer left, so that of two writers the older one is refused. Used by one thread
 * at a time.
 */
public final class DumpWriter {

  private static final int FRAME_BYTES = 1 << 20;

  private final SecureRandom random = new SecureRandom();
  private final Disk disk;
  private final KeyModel keyModel;
  private final long snapshotAfter;
  private final Pruning pruning;
  private final Fence fence;
  private final SnapshotFiles snapshots;
  private @Nullable DumpEnd end;

  /** The last attempt to write a group. */
  private long attempt;

  /** Whether files of a killed writer were removed. */
  private boolean swept;

  /**
   * A writer.
   *
   * @param snapshotAfter a snapshot is made when the logs after the last one have so many bytes,
   *     and as many as that one
   * @param limits what is kept
   */
  public DumpWriter(Disk disk, KeyModel keyModel, long snapshotAfter, Limits limits) {
    this.disk = disk;
    this.keyModel = keyModel;
    this.snapshotAfter = snapshotAfter;
    this.pruning = new Pruning(disk, limits.keep(), limits.snapshots());
    this.fence = new Fence(disk);
    this.snapshots = new SnapshotFiles(disk);
  }

  /** Reads the dump, and goes on from there. Returns the newest checkpoint. */
  public Optional<Stored> load() throws IOException {
    DumpEnd found = DumpEnd.read(disk);
    end = found;
    return Optional.ofNullable(found.stored());
  }

  /** Compares what is there with what this writer left; nothing if it has not read it yet. */
  public void confirm() throws IOException {
    if (end != null) {
      fence.check(end.position(), attempt);
    }
  }

  /**
   * Appends a group.
   *
   * @param changes may be none
   * @param stored the checkpoint that counts from then on; null if that does not change
   */
  public void append(List<Change> changes, @Nullable Stored stored) throws IOException {
    try (Closeable lock = disk.lock()) {
      requireNonNull(lock, "lock");
      if (end == null) {
        load();
      }
      confirm();
      sweep();
      snapshotIfDue();
      write(changes, stored);
    }
  }

  private void sweep() throws IOException {
    if (!swept) {
      for (String name : disk.names()) {
        if (FileNames.isUnfinished(name)) {
          disk.delete(name);
        }
      }
      swept = true;
    }
  }

  private void snapshotIfDue() throws IOException {
    DumpEnd now = requireNonNull(end);
    Position at = now.position();
    if (at.group() == 0 || now.logBytes() < Math.max(snapshotAfter, now.snapshotBytes())) {
      // Before the first group there is only a torn one. A snapshot of nothing would look like a
      // base whose log is missing, once that log is removed.
      return;
    }
    Long log = at.log();
    if (log == null || log <= at.group()) {
      at = newLog(at);
      now = new DumpEnd(at, now.stored(), now.storedIn(), now.logBytes(), now.snapshotBytes());
      end = now;
    }
    long bytes = snapshot(now);
    end = new DumpEnd(at, now.stored(), now.storedIn(), 0, bytes);
    pruning.prune(System.currentTimeMillis());
  }

  private long snapshot(DumpEnd now) throws IOException {
    long group = now.position().group();
    try (MergedState state = new StateReader(disk, keyModel).after(disk.names(), group)) {
      return snapshots.write(
          new FileHeader(FileHeader.Kind.SNAPSHOT, keyModel, group),
          state,
          System.currentTimeMillis(),
          now.storedIn(),
          now.stored());
    }
  }

  /** A log that begins with the next group. It has its name when its header is durable. */
  private Position newLog(Position at) throws IOException {
    cutTornEnd(at);
    long first = at.group() + 1;
    String name = FileNames.log(first);
    String unfinished = FileNames.unfinished(name);
    try (DiskFile file = disk.create(unfinished)) {
      file.write(new FileHeader(FileHeader.Kind.LOG, keyModel, first).encode(), 0);
      file.force();
    }
    disk.rename(unfinished, name);
    disk.sync();
    return new Position(first, FileHeader.BYTES, at.group(), -1, 0);
  }

  /** Only the newest log may have one. */
  private void cutTornEnd(Position at) throws IOException {
    Long log = at.log();
    if (log != null) {
      try (DiskFile file = disk.openToWrite(FileNames.log(log))) {
        file.truncate(at.end());
        file.force();
      }
    }
  }

  private void write(List<Change> changes, @Nullable Stored stored) throws IOException {
    DumpEnd before = requireNonNull(end);
    Position at = before.position();
    if (at.log() == null) {
      at = newLog(at);
      end = new DumpEnd(at, before.stored(), before.storedIn(), before.logBytes(), 0);
    }
    Position after;
    try (DiskFile file = disk.openToWrite(FileNames.log(requireNonNull(at.log())))) {
      file.truncate(at.end());
      // Not before: until it is cut off, the rest of the last attempt has that one's number.
      attempt = random.nextLong();
      try {
        after = write(file, at, changes, stored);
        file.force();
      } catch (IOException e) {
        cutBack(file, at.end(), e);
        throw e;
      }
    }
    end =
        new DumpEnd(
            after,
            stored == null ? before.stored() : stored,
            stored == null ? before.storedIn() : after.group(),
            before.logBytes() + after.end() - at.end(),
            before.snapshotBytes());
  }

  /** What cannot be cut off now is cut off before the next write. */
  private static void cutBack(DiskFile file, long size, IOException failure) {
    try {
      file.truncate(size);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private Position write(DiskFile file, Position at, List<Change> changes, @Nullable Stored stored)
      throws IOException {
    long group = at.group() + 1;
    long offset = at.end();
    int frames = 0;
    Encoder out = new Encoder();
    for (Change change : changes) {
      change.encode(out);
      if (out.size() >= FRAME_BYTES) {
        offset += write(file, offset, new Frame(Frame.CHANGES, group, attempt, out.take()));
        frames++;
      }
    }
    if (out.size() > 0) {
      offset += write(file, offset, new Frame(Frame.CHANGES, group, attempt, out.take()));
      frames++;
    }
    Commit commit = new Commit(frames, System.currentTimeMillis(), stored);
    long size = write(file, offset, new Frame(Frame.COMMIT, group, attempt, commit.encode()));
    return new Position(at.log(), offset + size, group, offset, attempt);
  }

  private static long write(DiskFile file, long at, Frame frame) throws IOException {
    file.write(frame.encode(), at);
    return frame.size();
  }
}
