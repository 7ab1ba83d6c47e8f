package org.etcdmirror.service.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What a POST says about its client.
 *
 * @param client the address that it came from
 * @param headers its headers
 * @param certificates the certificate that it has proven to own, and those that lead to its
 *     authority; empty for none
 */
record ActRequest(InetAddress client, Headers headers, List<X509Certificate> certificates) {

  private static final String BEARER = "bearer ";
  private static final String ORIGIN = "Origin";
  private static final String SITE = "Sec-Fetch-Site";

  /** Proxies add these. Then the address is the proxy's. */
  private static final List<String> OF_A_PROXY =
      List.of(
          "Forwarded",
          "Via",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Proto",
          "X-Real-IP");

  static ActRequest of(HttpExchange exchange) {
    return new ActRequest(
        exchange.getRemoteAddress().getAddress(),
        exchange.getRequestHeaders(),
        certificates(exchange));
  }

  private static List<X509Certificate> certificates(HttpExchange exchange) {
    if (exchange instanceof HttpsExchange secure) {
      try {
        return Stream.of(secure.getSSLSession().getPeerCertificates())
            .map(X509Certificate.class::cast)
            .toList();
      } catch (SSLPeerUnverifiedException none) {
        return List.of();
      }
    }
    return List.of();
  }

  /** Returns the token that the client presents; null for none. */
  @Nullable String token() {
    String given = headers.getFirst("Authorization");
    return given != null && given.toLowerCase(Locale.ROOT).startsWith(BEARER)
        ? given.substring(BEARER.length()).strip()
        : null;
  }

  /** Whether a web page made the request. Browsers add these headers, and pages cannot. */
  boolean isOfWebPage() {
    return headers.containsKey(ORIGIN) || headers.containsKey(SITE);
  }

  /**
   * Whether the web page came from this address. A proxy in front may speak TLS and this server
   * not, so the schemes need not be equal.
   */
  boolean isOfOwnPage() {
    String origin = headers.getFirst(ORIGIN);
    String site = headers.getFirst(SITE);
    String host = headers.getFirst("Host");
    return origin != null
        && host != null
        && (origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host))
        && (site == null || site.equals("same-origin"));
  }

  /** Whether the request comes from this machine, and was not passed on by a proxy. */
  boolean isLocal() {
    return client.isLoopbackAddress() && OF_A_PROXY.stream().noneMatch(headers::containsKey);
  }
}
