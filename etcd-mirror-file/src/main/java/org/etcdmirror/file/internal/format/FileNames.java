package org.etcdmirror.file.internal.format;

import java.util.Collection;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The names of the files: a kind and a group of changes. The log of a number begins with that
 * group; the snapshot of a number is the state after it.
 */
public final class FileNames {

  private static final String LOG = "log-";
  private static final String SNAPSHOT = "snapshot-";

  /** What a file is called until it is whole. */
  private static final String UNFINISHED = ".new";

  private static final int DIGITS = 20;

  private FileNames() {}

  /** The name of the log that begins with a group. */
  public static String log(long first) {
    return LOG + number(first);
  }

  /** The name of the snapshot after a group. */
  public static String snapshot(long group) {
    return SNAPSHOT + number(group);
  }

  private static String number(long group) {
    return ("%0" + DIGITS + "d").formatted(group);
  }

  /** The name of a file that is being written. */
  public static String unfinished(String name) {
    return name + UNFINISHED;
  }

  /** Whether a writer left the file behind when it was killed. */
  public static boolean isUnfinished(String name) {
    return (name.startsWith(LOG) || name.startsWith(SNAPSHOT)) && name.endsWith(UNFINISHED);
  }

  /** The logs among these files, by their first group. */
  public static NavigableMap<Long, String> logs(Collection<String> names) {
    NavigableMap<Long, String> logs = new TreeMap<>();
    numbers(names, LOG).forEach(first -> logs.put(first, log(first)));
    return logs;
  }

  /** The groups of which there are snapshots. */
  public static NavigableSet<Long> snapshots(Collection<String> names) {
    return numbers(names, SNAPSHOT);
  }

  private static NavigableSet<Long> numbers(Collection<String> names, String kind) {
    NavigableSet<Long> numbers = new TreeSet<>();
    for (String name : names) {
      String digits = name.startsWith(kind) ? name.substring(kind.length()) : "";
      if (digits.length() == DIGITS && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        numbers.add(Long.parseLong(digits));
      }
    }
    return numbers;
  }
}
