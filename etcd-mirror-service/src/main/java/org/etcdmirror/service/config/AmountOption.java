package org.etcdmirror.service.config;

import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads counts and durations. */
public final class AmountOption {

  private static final Pattern DURATION = Pattern.compile("(?<count>\\d{1,9})(?<unit>ms|s|m|h)");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS);

  private AmountOption() {}

  /** Reads a whole number. */
  public static long count(Given given, long least) {
    return count(given, given.text(), least);
  }

  /** Reads a whole number that is a part of a value. */
  public static long count(Given given, String part, long least) {
    if (!part.matches("\\d+")
        || new BigInteger(part).bitLength() >= Long.SIZE
        || Long.parseLong(part) < least) {
      throw given.wrong("'%s' is not a whole number of at least %d".formatted(part, least));
    }
    return Long.parseLong(part);
  }

  /** Reads a time such as {@code 500ms}, {@code 90s}, {@code 10m} or {@code 1h}. */
  public static Duration duration(Given given) {
    Matcher form = DURATION.matcher(given.text());
    ChronoUnit unit = form.matches() ? UNITS.get(form.group("unit")) : null;
    if (unit == null) {
      throw given.wrong("'" + given.text() + "' is not a duration such as 500ms, 90s, 10m or 1h");
    }
    return Duration.of(Long.parseLong(form.group("count")), unit);
  }

  /** Reads a time that is more than 0. */
  public static Duration positiveDuration(Given given) {
    Duration duration = duration(given);
    if (duration.isZero()) {
      throw given.wrong("'" + given.text() + "' must be more than 0");
    }
    return duration;
  }
}
