package org.etcdmirror.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code file:}.
 *
 * @param directory where the dump is
 * @param retention what is kept; null if the address does not say so
 */
record FileAddress(Path directory, @Nullable Retention retention) {

  private static final Pattern AGE = Pattern.compile("(\\d{1,9})(s|m|h|d)");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  static FileAddress parse(String text) {
    int question = text.indexOf('?');
    String path = question < 0 ? text : text.substring(0, question);
    if (path.isEmpty()) {
      throw new IllegalArgumentException("address names no directory: 'file:" + text + "'");
    }
    try {
      return new FileAddress(
          Path.of(path), question < 0 ? null : retention(text.substring(question + 1)));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'" + path + "' is no path: " + e.getReason(), e);
    }
  }

  private static Retention retention(String settings) {
    Duration keep = null;
    Integer snapshots = null;
    for (String setting : settings.split("&", -1)) {
      if (setting.startsWith("keep=") && keep == null) {
        keep = age(setting.substring("keep=".length()));
      } else if (setting.startsWith("snapshots=") && snapshots == null) {
        snapshots = number(setting.substring("snapshots=".length()));
      } else {
        throw new IllegalArgumentException(
            "'%s' is no setting of file:DIR, or is given twice; there are: keep=DURATION, snapshots=N"
                .formatted(setting));
      }
    }
    return new Retention(keep, snapshots);
  }

  private static Duration age(String text) {
    Matcher form = AGE.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "keep: '%s' is no duration such as 7d, 12h, 30m or 45s".formatted(text));
    }
    long amount = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "d" -> Duration.ofDays(amount);
      case "h" -> Duration.ofHours(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofSeconds(amount);
    };
  }

  private static int number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException("snapshots: '%s' is no number".formatted(text));
    }
    return Integer.parseInt(text);
  }
}
