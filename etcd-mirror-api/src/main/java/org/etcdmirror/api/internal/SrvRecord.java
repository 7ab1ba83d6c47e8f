package org.etcdmirror.api.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One SRV record.
 *
 * @param priority the lowest is tried first
 * @param weight its share among records of the same priority
 * @param port the port
 * @param target the host, without a dot at its end
 */
record SrvRecord(int priority, int weight, int port, String target) {

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,5}) (\\d{1,5}) (\\d{1,5}) ([A-Za-z0-9_.-]*[A-Za-z0-9_-])\\.?");

  /**
   * Reads {@code PRIORITY WEIGHT PORT TARGET}.
   *
   * @throws IllegalArgumentException if it is not of that form
   */
  static SrvRecord parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || !isPort(Integer.parseInt(form.group(3)))) {
      throw new IllegalArgumentException("'%s' is no SRV record".formatted(DisplayText.of(text)));
    }
    return new SrvRecord(
        Integer.parseInt(form.group(1)),
        Integer.parseInt(form.group(2)),
        Integer.parseInt(form.group(3)),
        form.group(4));
  }

  /** Port 0 is how some servers say that there is no service. */
  private static boolean isPort(int number) {
    return number > 0 && number <= 65_535;
  }

  /** In the order in which a client tries them (RFC 2782). */
  static List<SrvRecord> ordered(List<SrvRecord> records) {
    return ordered(records, bound -> ThreadLocalRandom.current().nextInt(bound));
  }

  /**
   * The same with given numbers.
   *
   * @param random gives a number from 0 to below its argument
   */
  static List<SrvRecord> ordered(List<SrvRecord> records, IntUnaryOperator random) {
    List<SrvRecord> left = new ArrayList<>(records);
    left.sort(Comparator.comparingInt(SrvRecord::priority).thenComparingInt(SrvRecord::weight));
    List<SrvRecord> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      int priority = left.get(0).priority();
      List<SrvRecord> equal =
          left.stream().filter(record -> record.priority() == priority).toList();
      int sum = equal.stream().mapToInt(SrvRecord::weight).sum();
      int drawn = random.applyAsInt(sum + 1);
      int at = 0;
      for (int seen = equal.get(0).weight(); seen < drawn; seen += equal.get(at).weight()) {
        at++;
      }
      ordered.add(equal.get(at));
      left.remove(equal.get(at));
    }
    return ordered;
  }
}
