package org.etcdmirror.service.attack;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts the lines of a log by cause: a line without its time and without its numbers. */
final class Causes {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final int LONGEST = 300;

  /** A cause and the most lines that it had within any minute. */
  record Count(int lines, String cause) {}

  private Causes() {}

  static Count mostFrequent(List<Service.Line> lines) {
    Map<String, Deque<Long>> lately = new HashMap<>();
    Count most = new Count(0, "");
    for (Service.Line line : lines) {
      String cause = cause(line.text());
      Deque<Long> times = lately.computeIfAbsent(cause, any -> new ArrayDeque<>());
      while (!times.isEmpty() && line.nanos() - times.peekFirst() >= MINUTE) {
        times.removeFirst();
      }
      times.addLast(line.nanos());
      if (times.size() > most.lines()) {
        most = new Count(times.size(), cause);
      }
    }
    return most;
  }

  static String cause(String line) {
    String start = line.length() <= LONGEST ? line : line.substring(0, LONGEST);
    return start.replaceFirst("^\\d{4}-\\d\\d-\\d\\dT\\S+ +", "").replaceAll("\\d+", "#");
  }
}
