package org.etcdmirror.v3.internal.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a user wrote as endpoints. */
final class V3Endpoints {

  /** A name that {@link URI} knows as no host, because of an underscore, though resolvers do. */
  private static final Pattern UNDERSCORED =
      Pattern.compile("((?=[^:]*_)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?):([0-9]{1,5})");

  private V3Endpoints() {}

  /** The host of an endpoint; in brackets if it is an address of IPv6. */
  static String host(URI endpoint) {
    Matcher name = UNDERSCORED.matcher(endpoint.getRawAuthority());
    return name.matches() ? name.group(1) : endpoint.getHost();
  }

  static int port(URI endpoint) {
    Matcher name = UNDERSCORED.matcher(endpoint.getRawAuthority());
    return name.matches() ? Integer.parseInt(name.group(3)) : endpoint.getPort();
  }

  /** Whether its host is a name with an underscore, which gRPC and the JDK's TLS do not take. */
  static boolean isUnderscored(URI endpoint) {
    return UNDERSCORED.matcher(endpoint.getRawAuthority()).matches();
  }

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
            "an endpoint must not contain a user; write http://HOST:PORT and configure the user separately");
      }
      endpoints.add(parse(text.strip()));
    }
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException(
          "no etcd endpoint is configured; write at least one as http://HOST:PORT");
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
    return uri.getRawAuthority() != null
        && (uri.getHost() != null || isUnderscored(uri))
        && port(uri) > 0
        && port(uri) <= 65_535
        && uri.getRawPath().isEmpty()
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null;
  }

  private static String refusal(String text) {
    return "'%s' is not an etcd endpoint; write http://HOST:PORT or https://HOST:PORT"
        .formatted(text);
  }
}
