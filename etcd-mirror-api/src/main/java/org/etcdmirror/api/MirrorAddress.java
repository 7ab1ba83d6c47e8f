package org.etcdmirror.api;

import java.util.List;

/**
 * Where a source or a sink is, as a person writes it: a scheme and what its provider understands,
 * for example {@code v2:http://a:2379,http://b:2379}.
 *
 * @param scheme what stands before the first colon
 * @param rest what stands behind it
 */
public record MirrorAddress(String scheme, String rest) {

  /**
   * Splits at the first colon.
   *
   * @throws IllegalArgumentException if there is no scheme or nothing behind it
   */
  public static MirrorAddress parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' is not of the form SCHEME:ADDRESS");
    }
    return new MirrorAddress(text.substring(0, colon), text.substring(colon + 1));
  }

  /** What stands behind the scheme, split at commas. */
  public List<String> endpoints() {
    return List.of(rest.split(",", -1));
  }

  @Override
  public String toString() {
    return scheme + ":" + rest;
  }
}
