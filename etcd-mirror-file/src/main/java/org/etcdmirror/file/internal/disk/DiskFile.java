package org.etcdmirror.file.internal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is read and written by offsets. */
public interface DiskFile extends Closeable {

  /** Reads until the buffer is full or the file ends; returns how many bytes were read. */
  int read(ByteBuffer into, long offset) throws IOException;

  /** Writes all bytes of the buffer. They are durable after {@link #force}. */
  void write(ByteBuffer from, long offset) throws IOException;

  /** The number of bytes. */
  long size() throws IOException;

  /** Cuts the file to this size. */
  void truncate(long size) throws IOException;

  /** Makes the content and the size durable. */
  void force() throws IOException;
}
