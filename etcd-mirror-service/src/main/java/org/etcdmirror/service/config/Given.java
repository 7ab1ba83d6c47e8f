package org.etcdmirror.service.config;

import org.jspecify.annotations.Nullable;

/**
 * A value as a person wrote it, and where.
 *
 * @param option the option without its dashes
 * @param text the value
 * @param place where the value stands, as an error names it
 */
public record Given(String option, String text, String place) {

  /** A value on the command line. */
  public static Given onCommandLine(String option, String text) {
    return new Given(option, text, "--" + option);
  }

  /** Another value in the same place. */
  public Given withText(String other) {
    return new Given(option, other, place);
  }

  /** That this value is wrong, in one line that says where it stands. */
  public UsageException wrong(String why) {
    return wrong(why, null);
  }

  /** That this value is wrong, in one line that says where it stands. */
  public UsageException wrong(String why, @Nullable Throwable cause) {
    return new UsageException(place + ": " + why, cause);
  }

  /** That an exception's message says what is wrong with this value. */
  public UsageException wrong(IllegalArgumentException why) {
    return wrong(String.valueOf(why.getMessage()), why);
  }
}
