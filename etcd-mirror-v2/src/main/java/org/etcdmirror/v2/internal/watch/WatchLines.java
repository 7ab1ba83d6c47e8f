package org.etcdmirror.v2.internal.watch;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;
import okio.Buffer;
import okio.BufferedSource;
import org.etcdmirror.v2.internal.connection.V2Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a watch and lets others see how far it has come: a line of which bytes arrive
 * is a sign of life, however long it takes. One thread reads, any may look.
 */
public final class WatchLines {

  /** The shortest time-out for the rest of a line. */
  private static final Duration LEAST = Duration.ofSeconds(60);

  private final BufferedSource body;
  private final LongSupplier nanoTime;
  private long count;
  private volatile long received;
  private volatile boolean inLine;

  public WatchLines(BufferedSource body) {
    this(body, System::nanoTime);
  }

  /** The same with a clock. */
  public WatchLines(BufferedSource body, LongSupplier nanoTime) {
    this.body = body;
    this.nanoTime = nanoTime;
  }

  /**
   * The next line, strictly: one that was cut is none. One that drips ends the watch: it may take
   * 60 s and another second for each 1,000 bytes. What the reader itself takes does not count.
   *
   * @return null if the server ended the answer in good order between two lines
   * @throws IOException if the connection ended otherwise
   */
  @Nullable
  public String next() throws IOException {
    Buffer buffer = body.getBuffer();
    long scanned = 0;
    long waited = 0;
    while (true) {
      long end = buffer.indexOf((byte) '\n', scanned);
      if (end >= 0) {
        return body.readUtf8LineStrict();
      }
      scanned = buffer.size();
      inLine = scanned > 0;
      long before = nanoTime.getAsLong();
      boolean more = body.request(scanned + 1);
      if (inLine) {
        waited += nanoTime.getAsLong() - before;
        refuseSlowEvent(waited, buffer.size());
      }
      if (!more) {
        if (scanned > 0) {
          throw new EOFException("answer ended within an event");
        }
        return null;
      }
      inLine = true;
      count += buffer.size() - scanned;
      received = count;
    }
  }

  private static void refuseSlowEvent(long waited, long bytes) throws IOException {
    if (waited > LEAST.plus(V2Deadline.forBytes(bytes)).toNanos()) {
      throw new SocketTimeoutException(
          "event is too slow: %d s for %d bytes, less than %d bytes a second"
              .formatted(
                  Duration.ofNanos(waited).toSeconds(), bytes, V2Deadline.SLOWEST_BYTES_A_SECOND));
    }
  }

  /** The line that was read last has been passed on. */
  void passedOn() {
    inLine = false;
  }

  /** The number of received bytes; it grows while a line arrives. */
  long received() {
    return received;
  }

  /** Whether a line has begun to arrive that was not passed on yet. */
  boolean inLine() {
    return inLine;
  }
}
