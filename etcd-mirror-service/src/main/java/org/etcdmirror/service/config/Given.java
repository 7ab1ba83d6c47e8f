package org.etcdmirror.service.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A value as a person wrote it, and where.
 *
 * @param option the long option without its dashes, or the key in the configuration file
 * @param text the value
 * @param file the configuration file; null for the command line
 */
public record Given(String option, String text, @Nullable Path file) {

  /** Another value in the same place. */
  public Given withText(String other) {
    return new Given(option, other, file);
  }

  /** That this value is wrong, in one line that says where it stands. */
  public UsageException wrong(String why) {
    return wrong(why, null);
  }

  /** That this value is wrong, in one line that says where it stands. */
  public UsageException wrong(String why, @Nullable Throwable cause) {
    String where = file == null ? "--" + option : "--config " + file + ": " + option;
    return new UsageException(where + ": " + why, cause);
  }

  /** That an exception's message says what is wrong with this value. */
  public UsageException wrong(IllegalArgumentException why) {
    return wrong(String.valueOf(why.getMessage()), why);
  }
}
