package org.etcdmirror.kafka.internal.sort;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A temporary file of sorted runs, which only its owner may read and which goes when it is closed.
 */
final class Scratch implements Closeable {

  private static final int READ_BUFFER = 32 << 10;
  private static final int WRITE_BUFFER = 256 << 10;

  /** A part of the file. */
  record Run(long from, long to) {}

  private final FileChannel file;

  Scratch() throws IOException {
    Path path = Files.createTempFile("etcd-mirror-kafka-", ".sort");
    file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Appends what the cursor gives. */
  Run write(Cursor sorted) throws IOException {
    long from = file.size();
    file.position(from);
    DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(Channels.newOutputStream(file), WRITE_BUFFER));
    for (Found next = sorted.next(); next != null; next = sorted.next()) {
      FoundBytes.write(next, out);
    }
    out.flush();
    return new Run(from, file.position());
  }

  /** Reads a run, also while others are read and written. */
  Cursor read(Run run) {
    DataInputStream in = new DataInputStream(new BufferedInputStream(new Part(run), READ_BUFFER));
    return () -> {
      in.mark(1);
      if (in.read() < 0) {
        return null;
      }
      in.reset();
      return FoundBytes.read(in);
    };
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** A run as a stream with a position of its own. */
  private final class Part extends InputStream {

    private final Run run;
    private long at;

    Part(Run run) {
      this.run = run;
      this.at = run.from;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (at == run.to) {
        return -1;
      }
      int wanted = (int) Math.min(length, run.to - at);
      int read = file.read(ByteBuffer.wrap(into, offset, wanted), at);
      if (read < 0) {
        throw new EOFException("temporary file is cut short at " + at);
      }
      at += read;
      return read;
    }
  }
}
