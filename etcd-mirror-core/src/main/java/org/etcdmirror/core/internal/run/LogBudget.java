package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Keeps what goes on and on from flooding the log: so many lines a minute for one cause. The next
 * line says how many were left out. Counters and the status include each. Safe for use by many
 * threads.
 */
public final class LogBudget {

  private static final long PERIOD = Duration.ofMinutes(1).toNanos();

  private final int most;
  private long beganNanos;
  private int lines;
  private long leftOut;

  /** Allows at most this many lines a minute. */
  public LogBudget(int most) {
    this.most = most;
  }

  /**
   * Writes a line, or leaves it out.
   *
   * @param line given what is to stand at its end: how many lines were left out before, or nothing
   */
  public void write(Consumer<String> line) {
    String end;
    synchronized (this) {
      long now = System.nanoTime();
      if (lines > 0 && now - beganNanos >= PERIOD) {
        lines = 0;
      }
      if (lines == most) {
        leftOut++;
        return;
      }
      if (lines == 0) {
        beganNanos = now;
      }
      lines++;
      end = leftOut == 0 ? "" : " (suppressed=%d)".formatted(leftOut);
      leftOut = 0;
    }
    line.accept(end);
  }
}
