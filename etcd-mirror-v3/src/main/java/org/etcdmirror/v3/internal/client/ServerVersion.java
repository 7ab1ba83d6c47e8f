package org.etcdmirror.v3.internal.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of a server, as far as the program depends on it. */
public record ServerVersion(int major, int minor, int patch) implements Comparable<ServerVersion> {

  /** An unknown version. */
  static final ServerVersion UNKNOWN = new ServerVersion(0, 0, 0);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})");

  /** A release; a text that is none, such as that of a build on the way to one, is unknown. */
  public static ServerVersion parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? new ServerVersion(
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)))
        : UNKNOWN;
  }

  /**
   * Whether an answer to a request for progress can be believed: the servers before it overtook
   * events with it, or kept it back forever.
   */
  public boolean answersProgressRequests() {
    if (major == 3 && minor < 6) {
      return (minor == 4 && patch >= 31) || (minor == 5 && patch >= 13);
    }
    return compareTo(new ServerVersion(3, 6, 0)) >= 0;
  }

  @Override
  public int compareTo(ServerVersion other) {
    if (major != other.major) {
      return Integer.compare(major, other.major);
    }
    return minor != other.minor
        ? Integer.compare(minor, other.minor)
        : Integer.compare(patch, other.patch);
  }
}
