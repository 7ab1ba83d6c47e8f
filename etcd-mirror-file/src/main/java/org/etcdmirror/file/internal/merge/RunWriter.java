package org.etcdmirror.file.internal.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Encoder;

/** Writes a run: each change behind its length and its number. */
final class RunWriter {

  private static final int BUFFER = 64 << 10;

  private final DiskFile file;
  private final Encoder changes = new Encoder();
  private final Encoder one = new Encoder();
  private long at;

  RunWriter(DiskFile file, long at) {
    this.file = file;
    this.at = at;
  }

  void add(Numbered next) throws IOException {
    next.change().encode(one);
    byte[] change = one.take();
    changes.number(change.length).number(next.number()).raw(change);
    if (changes.size() > BUFFER) {
      flush();
    }
  }

  /** Writes the rest; returns where the run ends. */
  long finish() throws IOException {
    flush();
    return at;
  }

  private void flush() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(changes.take());
    int size = bytes.remaining();
    file.write(bytes, at);
    at += size;
  }
}
