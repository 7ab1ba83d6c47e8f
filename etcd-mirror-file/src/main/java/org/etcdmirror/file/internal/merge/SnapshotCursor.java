package org.etcdmirror.file.internal.merge;

import java.io.IOException;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Damage;
import org.etcdmirror.file.internal.format.Decoder;
import org.etcdmirror.file.internal.format.FileHeader;
import org.etcdmirror.file.internal.format.Frame;
import org.etcdmirror.file.internal.format.FrameReader;
import org.etcdmirror.file.internal.format.SnapshotEnd;
import org.jspecify.annotations.Nullable;

/** Reads the entries of a snapshot. */
final class SnapshotCursor implements Cursor {

  private final String path;
  private final FrameReader frames;
  private Decoder changes = new Decoder(new byte[0]);
  private long entries;
  private boolean ended;

  SnapshotCursor(DiskFile file, String path) throws IOException {
    this.path = path;
    this.frames = new FrameReader(file, FileHeader.BYTES);
  }

  @Override
  public @Nullable Numbered next() throws IOException {
    while (!ended && !changes.hasMore()) {
      long offset = frames.offset();
      Frame frame = frames.next();
      if (frame == null) {
        throw new Damage(path, offset, "the checksum is wrong, or the file is cut short");
      }
      if (frame.kind() == Frame.END) {
        requireAll(SnapshotEnd.decode(frame.payload()), offset);
        ended = true;
      } else {
        changes = new Decoder(frame.payload());
      }
    }
    if (ended) {
      return null;
    }
    entries++;
    return new Numbered(Change.decode(changes), 0);
  }

  private void requireAll(SnapshotEnd end, long offset) {
    if (end.entries() != entries) {
      throw new Damage(
          path, offset, "%d entries are there, not %d".formatted(entries, end.entries()));
    }
  }
}
