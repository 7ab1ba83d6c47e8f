package org.etcdmirror.file.internal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file of the operating system. */
record NioFile(FileChannel channel) implements DiskFile {

  @Override
  public int read(ByteBuffer into, long offset) throws IOException {
    int all = 0;
    while (into.hasRemaining()) {
      int read = channel.read(into, offset + all);
      if (read < 0) {
        break;
      }
      all += read;
    }
    return all;
  }

  @Override
  public void write(ByteBuffer from, long offset) throws IOException {
    long at = offset;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
  }

  @Override
  public void force() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
