package org.etcdmirror.testkit.etcd;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Settings of an {@link EtcdServer} or {@link EtcdCluster}. Not safe for use by many threads. */
public final class EtcdServerBuilder {

  private static final int TRIES = 5;

  private final List<String> extraFlags = new ArrayList<>();
  private @Nullable EtcdBinary binary;
  private @Nullable TestCertificates certificates;
  private boolean v2 = true;
  private boolean defaultClusterId;

  EtcdServerBuilder() {}

  /** The etcd to run. By default the one that {@link EtcdBinary#find()} finds. */
  public EtcdServerBuilder binary(EtcdBinary binary) {
    this.binary = requireNonNull(binary, "binary");
    return this;
  }

  /** The etcd to run, by its path. */
  public EtcdServerBuilder binary(Path path) {
    return binary(EtcdBinary.at(path));
  }

  /** More flags for etcd, for example {@code --snapshot-count=50}. */
  public EtcdServerBuilder extraFlags(String... flags) {
    extraFlags.addAll(List.of(flags));
    return this;
  }

  /**
   * A cluster of one member with the cluster id that etcd has with default settings, so that all
   * servers that are started so have the same. Its ports are as free as those of others. Not in a
   * container, and not for a cluster of more members.
   */
  public EtcdServerBuilder defaultClusterId() {
    defaultClusterId = true;
    return this;
  }

  /** Whether to serve the v2 API; by default it is served. */
  public EtcdServerBuilder enableV2(boolean enable) {
    this.v2 = enable;
    return this;
  }

  /**
   * Serves TLS as well, on a port of its own, with a server's certificate of this authority and for
   * clients with a certificate of it only. What takes the place of these files is in use after the
   * next restart. Not in a container.
   */
  public EtcdServerBuilder tls(TestCertificates certificates) {
    this.certificates = requireNonNull(certificates, "certificates");
    return this;
  }

  /**
   * Starts a server and waits until it is ready.
   *
   * @throws IllegalStateException if there is no etcd on this machine, or it does not become ready;
   *     the message then has the tail of its log
   */
  public EtcdServer start() {
    Optional<EtcdBinary> local = local();
    if (local.isPresent()) {
      return retrying(() -> startMembers(local.get(), 1)).get(0);
    }
    if (!EtcdContainer.isPossible()) {
      throw new IllegalStateException(
          "no etcd found: set ETCD_BIN, run scripts/install-etcd.sh, or start Docker");
    }
    EtcdServer server = new EtcdServer(new EtcdContainer(v2, List.copyOf(extraFlags)), v2, true);
    startAll(List.of(server));
    return server;
  }

  /**
   * Starts a cluster and waits until each member is ready.
   *
   * @param members how many; 3 survive the loss of one
   * @throws IllegalStateException if there is no etcd binary on this machine, or a member does not
   *     become ready; the message then has the tail of its log
   */
  public EtcdCluster startCluster(int members) {
    if (defaultClusterId) {
      throw new IllegalStateException("the default cluster id is of one member");
    }
    EtcdBinary local =
        local()
            .orElseThrow(() ->
                new IllegalStateException(
                    "no etcd found: set ETCD_BIN or run scripts/install-etcd.sh"));
    return new EtcdCluster(retrying(() -> startMembers(local, members)));
  }

  private Optional<EtcdBinary> local() {
    Optional<EtcdBinary> found = binary == null ? EtcdBinary.find() : Optional.of(binary);
    found.ifPresent(etcd -> {
      if (v2 && !etcd.knowsFlag("--enable-v2")) {
        throw new IllegalStateException(
            etcd + " at " + etcd.path() + " has no v2 API: 3.5 was the last with one");
      }
    });
    return found;
  }

  private List<EtcdServer> startMembers(EtcdBinary etcd, int size) {
    List<EtcdServer> servers =
        EtcdMember.cluster(size).stream()
            .map(member -> defaultClusterId ? member.withDefaultClusterId() : member)
            .map(member -> new LocalEtcd(etcd, member, v2, certificates, List.copyOf(extraFlags)))
            .map(process -> new EtcdServer(process, v2, size == 1))
            .toList();
    startAll(servers);
    return servers;
  }

  private static void startAll(List<EtcdServer> servers) {
    try {
      servers.forEach(EtcdServer::launch);
      servers.forEach(EtcdServer::awaitReady);
    } catch (RuntimeException e) {
      servers.forEach(EtcdServer::close);
      throw e;
    }
  }

  /** Another program may take a port between our look at it and etcd's; then others are tried. */
  private static <T> T retrying(Supplier<T> start) {
    for (int i = 1; ; i++) {
      try {
        return start.get();
      } catch (EtcdStartException e) {
        if (!e.portTaken() || i == TRIES) {
          throw e;
        }
      }
    }
  }
}
