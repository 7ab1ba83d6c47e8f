package org.etcdmirror.v3;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads what a user wrote as endpoints. */
final class V3Endpoints {

  private V3Endpoints() {}

  /**
   * Endpoints of the form {@code http://HOST:PORT} or {@code https://HOST:PORT}, each once.
   *
   * @throws IllegalArgumentException if one is not, or there is none; one line names it
   */
  static List<URI> parse(List<String> texts) {
    Set<URI> endpoints = new LinkedHashSet<>();
    for (String text : texts) {
      if (text.contains("@")) {
        // Not shown: it may hold a password.
        throw new IllegalArgumentException(
            "an etcd endpoint is of the form http://HOST:PORT, without a user");
      }
      endpoints.add(parse(text.strip()));
    }
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no etcd endpoint is given");
    }
    return List.copyOf(endpoints);
  }

  private static URI parse(String text) {
    try {
      URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      if (hasScheme(uri) && isBare(uri)) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(refusal(text), e);
    }
    throw new IllegalArgumentException(refusal(text));
  }

  private static boolean hasScheme(URI uri) {
    return "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
  }

  private static boolean isBare(URI uri) {
    return uri.getHost() != null
        && uri.getPort() > 0
        && uri.getPort() <= 65_535
        && uri.getRawPath().isEmpty()
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null;
  }

  private static String refusal(String text) {
    return "'%s' is not an etcd endpoint of the form http://HOST:PORT or https://HOST:PORT"
        .formatted(text);
  }
}
