package org.etcdmirror.service.log;

import java.util.stream.Collectors;
import org.etcdmirror.api.internal.DisplayText;

/** Makes one line for a terminal or a log of text of any length and content, in linear time. */
public final class OneLine {

  /** The most characters of a line. The text of one failure may name several endpoints. */
  static final int LIMIT = 4_000;

  private OneLine() {}

  /**
   * Joins the lines of the text without the blanks around them. Escapes control characters, and
   * cuts the text at {@link #LIMIT}.
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
