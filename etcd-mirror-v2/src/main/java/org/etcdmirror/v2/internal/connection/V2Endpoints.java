package org.etcdmirror.v2.internal.connection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** The servers of one cluster, and which of them worked last. Safe for use by many threads. */
public final class V2Endpoints {

  private final List<HttpUrl> all;
  private volatile int preferred;
  private volatile boolean proven;

  private V2Endpoints(List<HttpUrl> all) {
    this.all = List.copyOf(all);
  }

  /**
   * Endpoints of the form {@code http://HOST:PORT}.
   *
   * @throws IllegalArgumentException if one is not, or there is none; one line names it
   */
  public static V2Endpoints parse(List<String> texts) {
    Set<HttpUrl> urls = new LinkedHashSet<>();
    for (String text : texts) {
      HttpUrl url = HttpUrl.parse(text.strip());
      if (text.contains("@")) {
        // Not shown: it may hold a password.
        throw new IllegalArgumentException(
            "an endpoint must not contain a user; write http://HOST:PORT and configure the user separately");
      }
      if (url == null || !isBare(url) || !namesPort(text)) {
        throw new IllegalArgumentException(
            "'%s' is not an etcd endpoint; write http://HOST:PORT".formatted(text));
      }
      urls.add(url);
    }
    if (urls.isEmpty()) {
      throw new IllegalArgumentException(
          "no etcd endpoint is configured; write at least one as http://HOST:PORT");
    }
    return new V2Endpoints(new ArrayList<>(urls));
  }

  private static boolean isBare(HttpUrl url) {
    return url.encodedPath().equals("/") && url.query() == null && url.fragment() == null;
  }

  /** A forgotten port would mean 80, where no etcd listens and a web server may. */
  private static boolean namesPort(String text) {
    return text.strip().matches(".*:\\d+/?");
  }

  /** The endpoint as users write it: without a slash after the port. */
  public static String text(HttpUrl url) {
    String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
    return url.scheme() + "://" + host + ":" + url.port();
  }

  boolean anyTls() {
    return all.stream().anyMatch(HttpUrl::isHttps);
  }

  /**
   * Refuses certificates that would not be used.
   *
   * @throws IllegalArgumentException if an endpoint is without TLS; one line names it
   */
  void requireTls() {
    for (HttpUrl url : all) {
      if (!url.isHttps()) {
        throw new IllegalArgumentException(
            "certificates are configured, but endpoint '%s' is not https; write https://"
                .formatted(text(url)));
      }
    }
  }

  /** The endpoint for an attempt: 0 is the one that worked last, the others follow in turn. */
  public HttpUrl at(int attempt) {
    return all.get(Math.floorMod(preferred + attempt, all.size()));
  }

  /**
   * Each endpoint once, the one that worked last first.
   *
   * @param lastResort the one that comes last whatever it did, as {@link #text} writes it; or null
   */
  public List<HttpUrl> round(@Nullable String lastResort) {
    int first = preferred;
    List<HttpUrl> round = new ArrayList<>(all.size());
    for (int i = 0; i < all.size(); i++) {
      round.add(all.get((first + i) % all.size()));
    }
    round.sort(Comparator.comparing(endpoint -> text(endpoint).equals(lastResort)));
    return round;
  }

  public void worked(HttpUrl endpoint) {
    int index = all.indexOf(endpoint);
    if (index >= 0) {
      preferred = index;
      proven = true;
    }
  }

  /** All endpoints, as users write them. */
  public List<String> texts() {
    return all.stream().map(V2Endpoints::text).toList();
  }

  /** Whether one of them has ever worked. */
  public boolean everWorked() {
    return proven;
  }

  /** Moves on to the next endpoint, unless another thread already has. */
  public void failed(HttpUrl endpoint) {
    int index = all.indexOf(endpoint);
    if (index >= 0 && preferred == index) {
      preferred = (index + 1) % all.size();
    }
  }

  /** All endpoints, separated by commas. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (HttpUrl url : all) {
      text.append(text.isEmpty() ? "" : ",").append(text(url));
    }
    return text.toString();
  }
}
