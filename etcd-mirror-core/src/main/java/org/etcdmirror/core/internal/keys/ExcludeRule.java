package org.etcdmirror.core.internal.keys;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.Exclude;
import org.jspecify.annotations.Nullable;

/**
 * An exclude, bound to how keys are named.
 *
 * @param exclude its prefix is one in the model
 * @param model what a prefix covers
 */
record ExcludeRule(Exclude exclude, KeyModel model) {

  /** A full stop is common in names of keys, so that it is not taken for a wildcard. */
  private static final Pattern PLAIN = Pattern.compile("[^\\\\\\[\\](){}*+?^$|]+");

  /**
   * Binds an exclude to the key model by which prefixes are understood.
   *
   * @throws IllegalArgumentException if the prefix is none in that model
   */
  static ExcludeRule bind(Exclude exclude, KeyModel model) {
    Bytes prefix = exclude.prefix();
    return new ExcludeRule(
        prefix == null || model == KeyModel.BYTES
            ? exclude
            : Exclude.under(BoundRules.path(prefix)),
        model);
  }

  /**
   * Whether it leaves out a key.
   *
   * @param text the key as text
   */
  boolean matches(Bytes key, String text) {
    Pattern pattern = exclude.pattern();
    if (pattern == null) {
      return model.covers(requireNonNull(exclude.prefix()), key);
    }
    return PatternMatch.matches(pattern, text);
  }

  /**
   * With what the keys begin that this does not match, if it was meant for a directory; null if it
   * has wildcards or is a prefix.
   */
  @Nullable Bytes below() {
    Pattern pattern = exclude.pattern();
    if (pattern == null || pattern.flags() != 0 || !PLAIN.matcher(pattern.pattern()).matches()) {
      return null;
    }
    String text = pattern.pattern();
    return Bytes.utf8(text.endsWith("/") ? text : text + "/");
  }
}
