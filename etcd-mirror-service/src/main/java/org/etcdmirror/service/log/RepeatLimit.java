package org.etcdmirror.service.log;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Decides which lines of the log are left out because they repeat: of one cause at most {@link
 * #MOST} pass in any minute. Counts the rest for {@link #takeDue} and {@link #takeAll}. Safe for
 * use by many threads.
 */
final class RepeatLimit {

  /** The most lines of one cause in any minute. */
  static final int MOST = 10;

  /** The most lines of one logger in any minute, of all causes together. */
  static final int MOST_OF_A_LOGGER = 100;

  /** The most causes in memory: a client can make lines of ever new causes. */
  static final int MOST_CAUSES = 500;

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanos;
  private final Map<String, Lines> causes = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Makes a limit.
   *
   * @param nanos a monotonic clock, in nanoseconds
   */
  RepeatLimit(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Lines that were left out.
   *
   * @param count how many
   * @param example the newest of them
   */
  record LeftOut(long count, String example) {}

  /** Returns whether a line may pass, and counts it if not. */
  synchronized boolean allows(String logger, String cause, String line) {
    long now = nanos.getAsLong();
    return lines(cause).allow(now, MOST, line) && lines(logger).allow(now, MOST_OF_A_LOGGER, line);
  }

  private Lines lines(String key) {
    Lines lines = causes.computeIfAbsent(key, any -> new Lines());
    if (causes.size() > MOST_CAUSES) {
      // Drops the cause that was silent for longest, with its count.
      causes.remove(causes.keySet().iterator().next());
    }
    return lines;
  }

  /** Takes the counts that began a minute ago or earlier. */
  synchronized List<LeftOut> takeDue() {
    return take(nanos.getAsLong() - MINUTE);
  }

  /** Takes all counts. */
  synchronized List<LeftOut> takeAll() {
    return take(nanos.getAsLong());
  }

  private List<LeftOut> take(long since) {
    List<LeftOut> taken = new ArrayList<>();
    for (Lines lines : causes.values()) {
      if (lines.leftOut > 0 && lines.leftOutSince - since <= 0) {
        taken.add(new LeftOut(lines.leftOut, lines.example));
        lines.leftOut = 0;
        lines.example = "";
      }
    }
    return taken;
  }

  /** The lines of one cause: when the newest passed, and the count of the rest. */
  private static final class Lines {

    private final Deque<Long> passed = new ArrayDeque<>();
    private long leftOut;
    private long leftOutSince;
    private String example = "";

    boolean allow(long now, int most, String line) {
      while (!passed.isEmpty() && now - passed.peekFirst() >= MINUTE) {
        passed.removeFirst();
      }
      if (passed.size() < most) {
        passed.addLast(now);
        return true;
      }
      if (leftOut == 0) {
        leftOutSince = now;
      }
      leftOut++;
      example = line;
      return false;
    }
  }
}
