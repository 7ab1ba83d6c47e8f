package org.etcdmirror.file.internal.merge;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Decoder;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link RunWriter} wrote. */
final class RunCursor implements Cursor {

  private static final int BUFFER = 32 << 10;
  private static final int HEAD = 12;

  private final DiskFile file;
  private final long to;
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private long at;

  RunCursor(DiskFile file, SortedRuns.Run run) {
    this.file = file;
    this.at = run.from();
    this.to = run.to();
  }

  @Override
  public @Nullable Numbered next() throws IOException {
    if (at == to && !buffer.hasRemaining()) {
      return null;
    }
    require(HEAD);
    int length = buffer.getInt();
    long number = buffer.getLong();
    require(length);
    byte[] change = new byte[length];
    buffer.get(change);
    return new Numbered(Change.decode(new Decoder(change)), number);
  }

  /** Reads on until the buffer holds so many bytes. */
  private void require(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    int missing = Math.max(BUFFER, bytes) - buffer.remaining();
    int more = (int) Math.min(missing, to - at);
    ByteBuffer next = ByteBuffer.allocate(buffer.remaining() + more).put(buffer);
    if (file.read(next, at) < more) {
      throw new EOFException("scratch file is cut short at offset " + at);
    }
    at += more;
    buffer = next.flip();
  }
}
