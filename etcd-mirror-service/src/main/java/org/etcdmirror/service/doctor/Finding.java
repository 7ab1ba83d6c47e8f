package org.etcdmirror.service.doctor;

import java.util.Locale;
import org.etcdmirror.service.log.OneLine;

/**
 * What a check found.
 *
 * @param level how bad it is
 * @param check the name of the check
 * @param text what was found
 * @param remedy what to do; empty for nothing
 */
public record Finding(Level level, String check, String text, String remedy) {

  /** How bad a finding is. */
  public enum Level {
    OK,
    /** It may do harm, or it was not checked. */
    WARNING,
    /** The link does not work until it is solved. */
    PROBLEM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Writes it as one line. */
  public String describe() {
    String line = "%-8s %-20s %s".formatted(level, check, text);
    return OneLine.of(remedy.isEmpty() ? line : line + "; " + remedy, " ");
  }
}
