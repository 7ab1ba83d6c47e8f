package org.etcdmirror.api.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that DNS names now. The first look-up is made by the thread that needs it. DNS is
 * asked again, by another thread, when an endpoint has failed and when five minutes have passed. If
 * it does not answer then, the known endpoints stay. Safe for use by many threads.
 */
public final class DiscoveredEndpoints {

  /** How often DNS is asked at most while endpoints fail. */
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final SrvName name;
  private final Access access;
  private final Consumer<List<String>> changed;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile @Nullable List<String> known;
  private volatile long askedNanos;

  /**
   * Nothing is asked yet.
   *
   * @param access with a password or certificate files, endpoints without TLS are left out, because
   *     a false DNS server could name them
   * @param changed gets the endpoints when they are known first, and when they are others
   */
  public DiscoveredEndpoints(SrvName name, Access access, Consumer<List<String>> changed) {
    this.name = name;
    this.access = access;
    this.changed = changed;
  }

  /**
   * They are about to be used.
   *
   * @throws IOException if none was ever found
   */
  public void used() throws IOException {
    if (known == null) {
      first();
    } else {
      askAfter(LONGEST);
    }
  }

  /** One of them failed. */
  public void failed() {
    if (known != null) {
      askAfter(AFTER_FAILURE);
    }
  }

  private synchronized void first() throws IOException {
    if (known == null) {
      ask();
    }
  }

  private void askAfter(Duration time) {
    if (System.nanoTime() - askedNanos >= time.toNanos() && asking.compareAndSet(false, true)) {
      Thread thread = new Thread(this::askQuietly, "etcd-mirror-dns");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void askQuietly() {
    try {
      ask();
    } catch (IOException e) {
      // What was known is more than nothing; the failure of an endpoint is reported where it is.
      askedNanos = System.nanoTime();
    } finally {
      asking.set(false);
    }
  }

  /**
   * Asks DNS once.
   *
   * @param access decides which endpoints are left out, as above
   * @throws IOException if none is left
   */
  public static List<String> lookUp(SrvName name, Access access) throws IOException {
    boolean secureOnly = access.user() != null || access.needsTls();
    List<String> all = name.lookUp();
    List<String> now =
        all.stream()
            .filter(endpoint -> !secureOnly || endpoint.startsWith("https:"))
            .distinct()
            .toList();
    if (now.isEmpty()) {
      throw new IOException(
          "DNS names only servers without TLS for %s, which get no password and no certificate: %s; name one by http:// if that is right"
              .formatted(name.domain(), String.join(", ", all)));
    }
    return now;
  }

  private void ask() throws IOException {
    List<String> now = lookUp(name, access);
    askedNanos = System.nanoTime();
    List<String> before = known;
    if (before == null || !before.containsAll(now) || !now.containsAll(before)) {
      changed.accept(now);
      known = now;
    }
  }
}
