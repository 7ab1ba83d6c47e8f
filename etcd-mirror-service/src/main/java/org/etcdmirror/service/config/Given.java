package org.etcdmirror.service.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value as a person wrote it, and where.
 *
 * @param option the option without its dashes
 * @param text the value
 * @param place where the value stands, as an error names it
 */
public record Given(String option, String text, String place) {

  /** Makes a value of the command line. */
  public static Given onCommandLine(String option, String text) {
    return new Given(option, text, "--" + option);
  }

  /** Makes another value in the same place. */
  public Given withText(String other) {
    return new Given(option, other, place);
  }

  /**
   * Returns the choice that the value names.
   *
   * @param known the names, for the error
   */
  <T> T choose(String known, Map<String, T> choices) {
    T choice = choices.get(text);
    if (choice == null) {
      throw wrong("'%s' is not one of %s".formatted(text, known));
    }
    return choice;
  }

  /** Makes the error that this value is wrong, with its place. */
  public UsageException wrong(String why) {
    return wrong(why, null);
  }

  /** Makes the error that this value is wrong, with its place. */
  public UsageException wrong(String why, @Nullable Throwable cause) {
    return new UsageException(place + ": " + why, cause);
  }

  /** Makes the error that this value is wrong, for the reason in an exception's message. */
  public UsageException wrong(IllegalArgumentException why) {
    return wrong(String.valueOf(why.getMessage()), why);
  }
}
