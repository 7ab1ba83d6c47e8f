package org.etcdmirror.v2;

import java.io.EOFException;
import java.io.IOException;
import okio.Buffer;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a watch and lets others see how far it has come: a line of which bytes arrive
 * is a sign of life, however long it takes. One thread reads, any may look.
 */
final class WatchLines {

  private final BufferedSource body;
  private long count;
  private volatile long received;
  private volatile boolean inLine;

  WatchLines(BufferedSource body) {
    this.body = body;
  }

  /**
   * The next line, strictly: one that was cut is none.
   *
   * @return null if the server ended the answer in good order between two lines
   * @throws IOException if the connection ended otherwise
   */
  @Nullable String next() throws IOException {
    Buffer buffer = body.getBuffer();
    long scanned = 0;
    while (true) {
      long end = buffer.indexOf((byte) '\n', scanned);
      if (end >= 0) {
        return body.readUtf8LineStrict();
      }
      scanned = buffer.size();
      inLine = scanned > 0;
      if (!body.request(scanned + 1)) {
        if (scanned > 0) {
          throw new EOFException("the answer ended within an event");
        }
        return null;
      }
      inLine = true;
      count += buffer.size() - scanned;
      received = count;
    }
  }

  /** The line that was read last has been passed on. */
  void passedOn() {
    inLine = false;
  }

  /** How many bytes have come; it changes while a line arrives. */
  long received() {
    return received;
  }

  /** Whether a line has begun to arrive that was not passed on yet. */
  boolean inLine() {
    return inLine;
  }
}
