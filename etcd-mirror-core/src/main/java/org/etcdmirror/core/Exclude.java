package org.etcdmirror.core;

import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What a scope leaves out, by names in the source: the keys that a pattern matches as a whole, or
 * everything under a prefix.
 *
 * @param pattern matches whole keys; null for a prefix
 * @param prefix covers keys; null for a pattern
 */
public record Exclude(@Nullable Pattern pattern, @Nullable Bytes prefix) {

  /** Requires one of the two. */
  public Exclude {
    if ((pattern == null) == (prefix == null)) {
      throw new IllegalArgumentException(
          "exclude needs either a pattern or a prefix: pattern=%s, prefix=%s"
              .formatted(pattern, prefix));
    }
  }

  /** Leaves out the keys that a pattern matches as a whole. */
  public static Exclude of(Pattern pattern) {
    return new Exclude(pattern, null);
  }

  /** Leaves out everything under a prefix. */
  public static Exclude under(Bytes prefix) {
    return new Exclude(null, prefix);
  }

  /** As a person wrote it. */
  @Override
  public String toString() {
    return pattern == null ? "prefix " + prefix : pattern.pattern();
  }
}
