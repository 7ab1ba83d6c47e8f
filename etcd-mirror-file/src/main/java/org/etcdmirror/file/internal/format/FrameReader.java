package org.etcdmirror.file.internal.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.jspecify.annotations.Nullable;

/** Reads the frames of a file one after the other, up to a size that is fixed at first. */
public final class FrameReader {

  private static final int BUFFER = 64 << 10;

  private final DiskFile file;
  private final long end;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
  private long bufferAt;
  private long offset;

  /** Reads from an offset to where the file ends now. */
  public FrameReader(DiskFile file, long offset) throws IOException {
    this(file, offset, file.size());
  }

  /** Reads from one offset to another. */
  public FrameReader(DiskFile file, long offset, long end) {
    this.file = file;
    this.offset = offset;
    this.end = end;
  }

  /** Where the next frame begins. */
  public long offset() {
    return offset;
  }

  /** Whether all is read. */
  public boolean isAtEnd() {
    return offset >= end;
  }

  /** The next frame; null if there is no whole one at the offset, which then stays. */
  public @Nullable Frame next() throws IOException {
    byte[] head = new byte[8];
    if (!read(head, offset)) {
      return null;
    }
    ByteBuffer numbers = ByteBuffer.wrap(head);
    int magic = numbers.getInt();
    int length = numbers.getInt();
    if (magic != Frame.MAGIC
        || length < 0
        || length > Frame.MOST_BYTES
        || offset + Frame.HEAD + length > end) {
      return null;
    }
    byte[] whole = new byte[Frame.HEAD + length];
    if (!read(whole, offset) || !Frame.isWhole(whole)) {
      return null;
    }
    offset += whole.length;
    return Frame.decode(whole);
  }

  /**
   * Whether there is a whole frame of a later group anywhere behind the offset. Only after a group
   * was durable is a later one written, so the damage before it is not that of a torn write.
   */
  public boolean hasLaterGroup(long group) throws IOException {
    long from = offset;
    for (long at = from; at + Frame.HEAD <= end; at++) {
      if (isMagic(at)) {
        offset = at;
        Frame found = next();
        offset = from;
        if (found != null && found.group() > group) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isMagic(long at) throws IOException {
    byte[] four = new byte[4];
    return read(four, at) && ByteBuffer.wrap(four).getInt() == Frame.MAGIC;
  }

  private boolean read(byte[] into, long at) throws IOException {
    if (at + into.length > end) {
      return false;
    }
    if (into.length > BUFFER) {
      return file.read(ByteBuffer.wrap(into), at) == into.length;
    }
    if (at < bufferAt || at + into.length > bufferAt + buffer.limit()) {
      buffer.clear();
      bufferAt = at;
      file.read(buffer, at);
      buffer.flip();
    }
    if (at + into.length > bufferAt + buffer.limit()) {
      return false;
    }
    buffer.get((int) (at - bufferAt), into);
    return true;
  }
}
