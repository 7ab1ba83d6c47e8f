package org.etcdmirror.service.log;

import java.util.stream.Collectors;
import org.etcdmirror.api.DisplayText;

/** Text of any length and content as one line for a terminal or a log, in linear time. */
public final class OneLine {

  /** The most characters of a line; the text of one failure may name several endpoints. */
  static final int LIMIT = 4_000;

  private OneLine() {}

  /**
   * The lines of the text without the blanks around them, joined; control characters are escaped,
   * and what is longer than {@link #LIMIT} is cut.
   */
  public static String of(String text, String between) {
    String start = text.length() <= LIMIT ? text : text.substring(0, LIMIT);
    String line =
        start
            .lines()
            .map(String::strip)
            .filter(one -> !one.isEmpty())
            .map(one -> DisplayText.of(one, LIMIT))
            .collect(Collectors.joining(between));
    return start.length() == text.length()
        ? line
        : line + "... (%d characters)".formatted(text.length());
  }
}
