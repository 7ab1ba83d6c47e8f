package org.etcdmirror.file.internal.dump;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Damage;
import org.etcdmirror.file.internal.format.Encoder;
import org.etcdmirror.file.internal.format.FileHeader;
import org.etcdmirror.file.internal.format.FileNames;
import org.etcdmirror.file.internal.format.Frame;
import org.etcdmirror.file.internal.format.FrameReader;
import org.etcdmirror.file.internal.format.SnapshotEnd;
import org.etcdmirror.file.internal.format.Stored;
import org.etcdmirror.file.internal.merge.MergedState;
import org.jspecify.annotations.Nullable;

/** Writes snapshots, and reads their ends. */
final class SnapshotFiles {

  private static final int FRAME_BYTES = 256 << 10;

  /** The last bytes of a snapshot say where its last frame begins. */
  private static final int TRAILER = Long.BYTES;

  private final Disk disk;

  SnapshotFiles(Disk disk) {
    this.disk = disk;
  }

  /**
   * Writes a snapshot. It has its name when it is durable.
   *
   * @param header says after which group
   * @param writtenAt the time, in milliseconds
   * @param storedIn the group that stored the newest checkpoint
   * @return the size of the file
   */
  long write(
      FileHeader header, MergedState state, long writtenAt, long storedIn, @Nullable Stored stored)
      throws IOException {
    String name = FileNames.snapshot(header.group());
    String unfinished = FileNames.unfinished(name);
    long size;
    try (DiskFile file = disk.create(unfinished)) {
      file.write(header.encode(), 0);
      long at = FileHeader.BYTES;
      Encoder out = new Encoder();
      long entries = 0;
      MergedState.Entries all = state.entries();
      for (Change next = all.next(); next != null; next = all.next()) {
        next.encode(out);
        entries++;
        if (out.size() >= FRAME_BYTES) {
          at += write(file, at, new Frame(Frame.CHANGES, header.group(), 0, out.take()));
        }
      }
      if (out.size() > 0) {
        at += write(file, at, new Frame(Frame.CHANGES, header.group(), 0, out.take()));
      }
      SnapshotEnd end = new SnapshotEnd(entries, writtenAt, storedIn, stored);
      size = at + write(file, at, new Frame(Frame.END, header.group(), 0, end.encode()));
      file.write(ByteBuffer.allocate(TRAILER).putLong(at).flip(), size);
      file.force();
    }
    disk.rename(unfinished, name);
    disk.sync();
    return size + TRAILER;
  }

  private static long write(DiskFile file, long at, Frame frame) throws IOException {
    file.write(frame.encode(), at);
    return frame.size();
  }

  /** Reads the end of a snapshot, and not the rest. */
  SnapshotEnd end(long group) throws IOException {
    String name = FileNames.snapshot(group);
    try (DiskFile file = disk.open(name)) {
      FileHeader.read(file, disk.path(name));
      long trailer = file.size() - TRAILER;
      ByteBuffer at = ByteBuffer.allocate(TRAILER);
      if (trailer >= FileHeader.BYTES && file.read(at, trailer) == TRAILER) {
        long offset = at.flip().getLong();
        if (offset >= FileHeader.BYTES && offset < trailer) {
          Frame frame = new FrameReader(file, offset, trailer).next();
          if (frame != null && frame.kind() == Frame.END) {
            return SnapshotEnd.decode(frame.payload());
          }
        }
      }
      throw new Damage(disk.path(name), Math.max(0, trailer), "the end of the snapshot is missing");
    }
  }

  /** The size of a snapshot in bytes. */
  long size(long group) throws IOException {
    try (DiskFile file = disk.open(FileNames.snapshot(group))) {
      return file.size();
    }
  }
}
