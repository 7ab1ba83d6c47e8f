package org.etcdmirror.service.dropin;

/**
 * Writes a regular expression of Python so that Java means the same by it. What Java does not know
 * at all, such as a group that is named by {@code (?P<name>}, it refuses when it compiles it.
 */
final class PythonPattern {

  /** Classes such as backslash d are those of Unicode, and only a line feed ends a line. */
  private static final String FLAGS = "(?dU)";

  private final String python;
  private final StringBuilder java = new StringBuilder(FLAGS);
  private boolean inClass;

  private PythonPattern(String python) {
    this.python = python;
  }

  /** The same expression for Java. */
  static String toJava(String python) {
    return new PythonPattern(python).translate();
  }

  private String translate() {
    int at = 0;
    while (at < python.length()) {
      at += python.charAt(at) == '\\' ? escape(at) : plain(at);
    }
    return java.toString();
  }

  /** Python's end of the text is Java's end without a last line terminator. */
  private int escape(int at) {
    String pair = python.substring(at, Math.min(at + 2, python.length()));
    java.append(pair.equals("\\Z") && !inClass ? "\\z" : pair);
    return pair.length();
  }

  private int plain(int at) {
    char c = python.charAt(at);
    if (!inClass) {
      java.append(c);
      return c == '[' ? open(at) : 1;
    }
    // Java has classes within classes, and intersections of them.
    if (c == '[' || (c == '&' && python.startsWith("&&", at))) {
      java.append('\\');
    }
    java.append(c);
    inClass = c != ']';
    return 1;
  }

  /** A closing bracket that comes first is one of the characters. */
  private int open(int at) {
    inClass = true;
    int next = at + 1;
    if (python.startsWith("^", next)) {
      java.append('^');
      next++;
    }
    if (python.startsWith("]", next)) {
      java.append("\\]");
      next++;
    }
    return next - at;
  }
}
