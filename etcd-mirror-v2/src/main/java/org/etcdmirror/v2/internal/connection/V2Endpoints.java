package org.etcdmirror.v2.internal.connection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import org.etcdmirror.api.internal.DiscoveredEndpoints;
import org.etcdmirror.api.internal.SrvName;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/** The servers of one cluster, and which of them worked last. Safe for use by many threads. */
public final class V2Endpoints {

  /** Where DNS names the endpoints; null if the user did. */
  private final @Nullable DiscoveredEndpoints discovered;

  private final List<Consumer<List<String>>> listeners = new CopyOnWriteArrayList<>();
  private volatile List<HttpUrl> all;
  private volatile int preferred;
  private volatile boolean proven;

  private V2Endpoints(List<HttpUrl> all) {
    this.all = List.copyOf(all);
    this.discovered = null;
  }

  private V2Endpoints(SrvName name, Access access) {
    this.all = List.of();
    this.discovered = new DiscoveredEndpoints(name, access, this::use);
  }

  /**
   * Endpoints of the form {@code http://HOST:PORT}, or those that DNS names for {@link SrvName}.
   *
   * @throws IllegalArgumentException if one is not, or there is none; one line names it
   */
  public static V2Endpoints of(List<String> texts, Access access) {
    return SrvName.of(texts)
        .map(name -> new V2Endpoints(name, access))
        .orElseGet(() -> parse(texts));
  }

  private void use(List<String> texts) {
    List<HttpUrl> now = parse(texts).all;
    int best = all.isEmpty() ? 0 : now.indexOf(at(0));
    all = now;
    preferred = Math.max(0, best);
    listeners.forEach(listener -> listener.accept(texts()));
  }

  /** Tells of other endpoints from now on. */
  public void whenChanged(Consumer<List<String>> listener) {
    listeners.add(listener);
  }

  /**
   * They are about to be used.
   *
   * @throws IOException if DNS has named none yet
   */
  public void requireKnown() throws IOException {
    if (discovered != null) {
      discovered.used();
    }
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
    return discovered != null || all.stream().anyMatch(HttpUrl::isHttps);
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
    List<HttpUrl> known = all;
    return known.get(Math.floorMod(preferred + attempt, known.size()));
  }

  /**
   * Each endpoint once, the one that worked last first.
   *
   * @param lastResort the one that comes last whatever it did, as {@link #text} writes it; or null
   */
  public List<HttpUrl> round(@Nullable String lastResort) {
    int first = preferred;
    List<HttpUrl> known = all;
    List<HttpUrl> round = new ArrayList<>(known.size());
    for (int i = 0; i < known.size(); i++) {
      round.add(known.get((first + i) % known.size()));
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
    List<HttpUrl> known = all;
    int index = known.indexOf(endpoint);
    if (index >= 0 && preferred == index) {
      preferred = (index + 1) % known.size();
    }
    if (discovered != null) {
      discovered.failed();
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
