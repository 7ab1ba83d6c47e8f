package org.etcdmirror.v3.internal.client;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.Access.CertificateSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that clients share. Clients of the same endpoint and certificates use the same
 * ones, whoever their users are, because each call names its user. A connection is made when a
 * client needs it, and ends with the last client that uses it. Safe for use by many threads.
 *
 * <p>A connection serves a bounded number of clients: servers may bound the streams of a connection
 * (250 by default with TLS), and the loss of a connection is the loss of as many watches.
 */
public final class ChannelPool {

  /** A client has one watch, as a rule, and up to 64 more for a moment when it is behind. */
  static final int CLIENTS_A_CHANNEL = 32;

  /** What a connection is for. */
  enum Purpose {

    /** Requests, which carry much. */
    CALLS,

    /** Watches, and what is asked beside them. */
    WATCHES,

    /** Small requests that must not wait behind large ones. */
    URGENT_CALLS
  }

  /** The certificates that an access names. */
  private record Certificates(
      @Nullable Path caCert,
      @Nullable Path cert,
      @Nullable Path key,
      @Nullable CertificateSupplier supplier) {

    static Certificates of(Access access) {
      return new Certificates(access.caCert(), access.cert(), access.key(), access.certificates());
    }
  }

  private record Place(URI endpoint, Certificates certificates) {}

  /** The connections to one endpoint. */
  private record Connections(V3Tls tls, Map<Purpose, List<PooledChannel>> channels) {

    PooledChannel enter(URI endpoint, Purpose purpose) {
      List<PooledChannel> all = channels.computeIfAbsent(purpose, any -> new ArrayList<>());
      PooledChannel free =
          all.stream()
              .filter(channel -> channel.clients() < CLIENTS_A_CHANNEL)
              .findFirst()
              .orElse(null);
      if (free == null) {
        free = new PooledChannel(endpoint, tls, purpose == Purpose.WATCHES);
        all.add(free);
      }
      free.enter();
      return free;
    }

    void leave(Purpose purpose, PooledChannel channel) {
      channel.leave();
      List<PooledChannel> all = channels.get(purpose);
      if (channel.clients() == 0 && all != null) {
        all.remove(channel);
        if (all.isEmpty()) {
          channels.remove(purpose);
        }
      }
    }
  }

  /** The connections that one client uses to one endpoint. */
  final class Lease {

    private final Place place;
    private final Connections connections;
    private final Purpose purpose;
    private final PooledChannel calls;
    private final PooledChannel watches;
    private boolean returned;

    private Lease(Place place, Connections connections, Purpose purpose) {
      this.place = place;
      this.connections = connections;
      this.purpose = purpose;
      this.calls = connections.enter(place.endpoint(), purpose);
      this.watches = connections.enter(place.endpoint(), Purpose.WATCHES);
    }

    V3Tls tls() {
      return connections.tls();
    }

    PooledChannel calls() {
      return calls;
    }

    PooledChannel watches() {
      return watches;
    }

    /** The client no longer uses them, and its calls have ended; harmless when repeated. */
    void giveBack() {
      synchronized (ChannelPool.this) {
        if (!returned) {
          returned = true;
          connections.leave(purpose, calls);
          connections.leave(Purpose.WATCHES, watches);
          if (connections.channels().isEmpty()) {
            places.remove(place);
          }
        }
      }
    }
  }

  private record Party(Set<String> endpoints, Access access) {}

  private final Map<Place, Connections> places = new HashMap<>();
  private final Map<Party, SharedCluster> clusters = new HashMap<>();

  /** What the clients of a cluster by one user share; each leaves it once. */
  synchronized SharedCluster enter(Collection<String> endpoints, Access access) {
    SharedCluster shared =
        clusters.computeIfAbsent(
            new Party(Set.copyOf(endpoints), access), party -> new SharedCluster(party.access()));
    shared.enter();
    return shared;
  }

  /** A client is closed. */
  synchronized void leave(SharedCluster shared) {
    if (shared.leave()) {
      clusters.values().remove(shared);
    }
  }

  /**
   * Nothing is connected yet. Reads the certificates, if no client of that endpoint has.
   *
   * @param isUrgent whether the client's requests are small and must not wait behind large ones
   * @throws IllegalArgumentException if a certificate is not usable, or the endpoint would go
   *     without it
   */
  Lease lease(URI endpoint, Access access, boolean isUrgent) {
    Place place = new Place(endpoint, Certificates.of(access));
    Purpose purpose = isUrgent ? Purpose.URGENT_CALLS : Purpose.CALLS;
    synchronized (this) {
      Connections known = places.get(place);
      if (known != null) {
        return new Lease(place, known, purpose);
      }
    }
    // Without the lock, for which threads of connections may wait: it reads files.
    V3Tls tls = V3Tls.of(endpoint, access);
    synchronized (this) {
      Connections known =
          places.computeIfAbsent(place, any -> new Connections(tls, new EnumMap<>(Purpose.class)));
      return new Lease(place, known, purpose);
    }
  }

  /** The number of connections that there are, or will be with the next call of a client. */
  public synchronized int size() {
    return places.values().stream()
        .flatMap(connections -> connections.channels().values().stream())
        .mapToInt(List::size)
        .sum();
  }
}
