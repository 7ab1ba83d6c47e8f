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
 * #MOST} pass in any minute. What is left out is counted, and the counts are told by {@link
 * #takeDue} and {@link #takeAll}. Safe for use by many threads.
 */
final class RepeatLimit {

  /** How many lines of one cause pass in any minute. */
  static final int MOST = 10;

  /** How many lines of one logger pass in any minute, whatever their causes are. */
  static final int MOST_OF_A_LOGGER = 100;

  /** Whoever can make lines of ever new causes must not fill the memory with them. */
  static final int MOST_CAUSES = 500;

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanos;
  private final Map<String, Lines> causes = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A limit.
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

  /** Whether a line may pass; if not, it is counted. */
  synchronized boolean allows(String logger, String cause, String line) {
    long now = nanos.getAsLong();
    return lines(cause).allow(now, MOST, line) && lines(logger).allow(now, MOST_OF_A_LOGGER, line);
  }

  private Lines lines(String key) {
    Lines lines = causes.computeIfAbsent(key, any -> new Lines());
    if (causes.size() > MOST_CAUSES) {
      // What it counted goes with the cause that was silent for longest: all of it is older.
      causes.remove(causes.keySet().iterator().next());
    }
    return lines;
  }

  /** What was left out of causes that began to be left out a minute ago or earlier. */
  synchronized List<LeftOut> takeDue() {
    return take(nanos.getAsLong() - MINUTE);
  }

  /** What was left out and not told yet. */
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

  /** Of one cause: when the newest lines passed, and what was left out. */
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
