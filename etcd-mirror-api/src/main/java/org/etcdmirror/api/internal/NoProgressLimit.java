package org.etcdmirror.api.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what a source or a sink repeats by itself. What has brought nothing a few times, each
 * quickly after the one before, fails: the engine then repeats the whole, with back-off, counts it
 * and shows it in the status. What brings something, and what takes its time, is never bounded.
 *
 * <p>For one thread.
 */
public final class NoProgressLimit {

  private final int most;
  private final long quickNanos;
  private long lastNanos;
  private int count;

  /**
   * Nothing was repeated yet.
   *
   * @param most how many repeats in a row may bring nothing; at least 1
   * @param quick what comes later than this after the one before is the first of a new row
   */
  public NoProgressLimit(int most, Duration quick) {
    if (most < 1) {
      throw new IllegalArgumentException("repeats must be at least 1: " + most);
    }
    this.most = most;
    this.quickNanos = requireNonNull(quick, "quick").toNanos();
  }

  /** The last repeat brought something. */
  public void brought() {
    count = 0;
  }

  /**
   * One more repeat brought nothing.
   *
   * @param what what it was, and of which endpoint; a subject, for the message
   * @param last why the last one brought nothing; null if that says nothing
   * @throws IOException if there were too many in a row
   */
  public void again(String what, @Nullable Throwable last) throws IOException {
    long now = System.nanoTime();
    count = count > 0 && now - lastNanos < quickNanos ? count + 1 : 1;
    lastNanos = now;
    if (count > most) {
      String why = last == null || last.getMessage() == null ? "" : ": " + last.getMessage();
      throw new IOException(
          "%s brought nothing %d times in a row%s".formatted(what, count, why), last);
    }
  }
}
