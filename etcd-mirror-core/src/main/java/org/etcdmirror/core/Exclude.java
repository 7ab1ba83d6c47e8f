package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.jspecify.annotations.Nullable;

/**
 * What a scope leaves out, by names in the source: keys that a pattern matches as a whole, or
 * everything under a prefix. One of the two is null.
 */
record Exclude(@Nullable Pattern pattern, @Nullable Bytes prefix) {

  /** A full stop is common in names of keys, so that it is not taken for a wildcard. */
  private static final Pattern PLAIN = Pattern.compile("[^\\\\\\[\\](){}*+?^$|]+");

  static Exclude of(Pattern pattern) {
    return new Exclude(pattern, null);
  }

  static Exclude under(Bytes prefix) {
    return new Exclude(null, prefix);
  }

  /**
   * As it is understood where prefixes mean what a model says.
   *
   * @throws IllegalArgumentException if the prefix is none in that model
   */
  Exclude in(KeyModel model) {
    return prefix == null || model == KeyModel.BYTES ? this : under(BoundRules.path(prefix));
  }

  /**
   * Whether it leaves out a key.
   *
   * @param text the key as text
   * @param model what a prefix covers
   */
  boolean matches(Bytes key, String text, KeyModel model) {
    if (pattern == null) {
      return model.covers(requireNonNull(prefix), key);
    }
    return PatternMatch.matches(pattern, text);
  }

  /**
   * With what the keys begin that this does not match, if it was meant for a directory; null if it
   * has wildcards or is a prefix.
   */
  @Nullable Bytes below() {
    if (pattern == null || pattern.flags() != 0 || !PLAIN.matcher(pattern.pattern()).matches()) {
      return null;
    }
    String text = pattern.pattern();
    return Bytes.utf8(text.endsWith("/") ? text : text + "/");
  }

  /** As a person wrote it. */
  @Override
  public String toString() {
    return pattern == null ? "prefix " + prefix : pattern.pattern();
  }
}
