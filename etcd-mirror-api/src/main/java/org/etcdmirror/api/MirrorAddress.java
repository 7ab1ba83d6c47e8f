package org.etcdmirror.api;

import java.util.List;
import org.etcdmirror.api.internal.SrvName;

/**
 * Where a source or a sink is, as a person writes it: a scheme and what its provider understands,
 * for example {@code v2:http://a:2379,http://b:2379}.
 *
 * @param scheme what stands before the first colon
 * @param rest what stands behind it
 */
public record MirrorAddress(String scheme, String rest) {

  /** The end of the scheme of a cluster whose servers DNS names. */
  private static final String BY_DNS = "+srv";

  /**
   * Splits at the first colon. The servers of {@code v3+srv:DOMAIN} are those that the SRV records
   * of the domain name: its scheme is {@code v3}, and its endpoint is {@code srv:DOMAIN}.
   *
   * @throws IllegalArgumentException if there is no scheme or nothing behind it
   */
  public static MirrorAddress parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' is not of the form SCHEME:ADDRESS");
    }
    String scheme = text.substring(0, colon);
    String rest = text.substring(colon + 1);
    if (scheme.endsWith(BY_DNS) && scheme.length() > BY_DNS.length()) {
      return new MirrorAddress(
          scheme.substring(0, scheme.length() - BY_DNS.length()), SrvName.endpoint(rest));
    }
    return new MirrorAddress(scheme, rest);
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
