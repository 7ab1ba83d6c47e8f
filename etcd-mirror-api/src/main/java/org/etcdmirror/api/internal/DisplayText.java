package org.etcdmirror.api.internal;

import org.jspecify.annotations.Nullable;

/**
 * Text from outside as a person may safely read it, in a message or in a log: of bounded length and
 * on one line. A key, a value, a server's error and a checkpoint are written by others, and may
 * hold anything.
 *
 * <p>Control characters, line and paragraph separators, unpaired surrogates, and the characters
 * that turn or hide what follows them (bidirectional controls, zero-width ones) are shown as a
 * backslash, a u and four hexadecimal digits; {@code \n}, {@code \r} and {@code \t} by these names.
 * What is longer than the limit is cut, and its whole length is named. The time is proportional to
 * what is shown.
 */
public final class DisplayText {

  /** The most characters of one key, value or message that are shown. */
  public static final int LIMIT = 200;

  private DisplayText() {}

  /** The first {@link #LIMIT} characters of {@code text}; {@code null} is shown as a word. */
  public static String of(@Nullable Object text) {
    return of(text, LIMIT);
  }

  /**
   * The first {@code limit} characters of {@code text}.
   *
   * @throws IllegalArgumentException if the limit is below 1
   */
  public static String of(@Nullable Object text, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1: " + limit);
    }
    String whole = String.valueOf(text);
    StringBuilder shown = new StringBuilder();
    if (append(shown, whole, limit)) {
      shown.append("... (").append(whole.length()).append(" characters)");
    }
    return shown.toString();
  }

  /** Appends the start of {@code text}, and says whether there is more of it. */
  public static boolean append(StringBuilder shown, String text, int limit) {
    int end = Math.min(limit, text.length());
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    int at = 0;
    while (at < end) {
      int character = text.codePointAt(at);
      append(shown, character);
      at += Character.charCount(character);
    }
    return end < text.length();
  }

  private static void append(StringBuilder shown, int character) {
    switch (character) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      default -> {
        if (isSafe(character)) {
          shown.appendCodePoint(character);
        } else if (Character.isBmpCodePoint(character)) {
          shown.append("\\u%04x".formatted(character));
        } else {
          shown.append("\\u{%x}".formatted(character));
        }
      }
    }
  }

  private static boolean isSafe(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
