package org.etcdmirror.soak;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.jspecify.annotations.Nullable;

/**
 * One etcd of a cluster. Mirrors reach it through one proxy and its peers through another, so that
 * each can be cut; the run itself reaches it without one.
 */
final class Member implements AutoCloseable {

  private final EtcdBinary binary;
  private final Path directory;
  private final String name;
  private final @Nullable TestCertificates certificates;
  private final URI clientUrl = URI.create("http://127.0.0.1:" + FreePort.take());
  private final URI tlsUrl = URI.create("https://127.0.0.1:" + FreePort.take());
  private final URI peerUrl = URI.create("http://127.0.0.1:" + FreePort.take());
  private final FaultProxy clients;
  private final FaultProxy peers = FaultProxy.to(peerUrl);
  private @Nullable Child etcd;
  private boolean frozen;

  Member(EtcdBinary binary, Path directory, String name, @Nullable TestCertificates certificates) {
    this.binary = binary;
    this.directory = directory;
    this.name = name;
    this.certificates = certificates;
    this.clients = FaultProxy.to(certificates == null ? clientUrl : tlsUrl);
  }

  String name() {
    return name;
  }

  /** Where the run itself reaches it. */
  URI clientUrl() {
    return clientUrl;
  }

  /** The v3 API of it alone. */
  V3Gateway gateway() {
    return new V3Gateway(List.of(clientUrl), StandardCharsets.UTF_8);
  }

  /** Where mirrors reach it. */
  URI proxiedUrl() {
    URI proxied = clients.url();
    return certificates == null ? proxied : URI.create("https://127.0.0.1:" + proxied.getPort());
  }

  /** Where its peers reach it. */
  URI advertisedPeerUrl() {
    return peers.url();
  }

  /** What lies between mirrors and it. */
  FaultProxy clients() {
    return clients;
  }

  /** What lies between its peers' connections and it; its own connections to them are others'. */
  FaultProxy peers() {
    return peers;
  }

  Path data() {
    return directory.resolve(name + ".data");
  }

  long pid() {
    return etcd == null ? -1 : etcd.pid();
  }

  boolean runs() {
    return etcd != null && etcd.runs();
  }

  /**
   * Starts it, with the data that it has.
   *
   * @param cluster the members, as etcd's {@code --initial-cluster} wants them
   * @param isNew whether the cluster is about to begin, rather than to be joined
   */
  void start(String cluster, String token, boolean isNew) throws IOException {
    Files.createDirectories(directory);
    List<String> command = new ArrayList<>();
    command.add(binary.path().toString());
    command.add("--name=" + name);
    command.add("--data-dir=" + data());
    command.add("--listen-client-urls=" + clientUrl + (certificates == null ? "" : "," + tlsUrl));
    command.add("--advertise-client-urls=" + clientUrl);
    command.add("--listen-peer-urls=" + peerUrl);
    command.add("--initial-advertise-peer-urls=" + advertisedPeerUrl());
    command.add("--initial-cluster=" + cluster);
    command.add("--initial-cluster-token=" + token);
    command.add("--initial-cluster-state=" + (isNew ? "new" : "existing"));
    command.add("--enable-v2=true");
    // Few entries between two snapshots: members that were away are sent one.
    command.add("--snapshot-count=300");
    if (certificates != null) {
      TestCertificates.Pair server = certificates.server();
      command.add("--cert-file=" + server.cert());
      command.add("--key-file=" + server.key());
      command.add("--trusted-ca-file=" + certificates.caCert());
      command.add("--client-cert-auth");
    }
    etcd = Child.start(directory.resolve(name + ".log"), Map.of(), command);
    frozen = false;
  }

  /** Ends it at once (SIGKILL). */
  void kill() throws InterruptedException {
    if (etcd != null) {
      etcd.close();
    }
    frozen = false;
  }

  /** Freezes it (SIGSTOP), or ends that. */
  void freeze(boolean on) throws IOException, InterruptedException {
    if (etcd != null && on != frozen) {
      etcd.signal(on ? "STOP" : "CONT");
      frozen = on;
    }
  }

  void deleteData() throws IOException {
    if (Files.exists(data())) {
      try (Stream<Path> tree = Files.walk(data())) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
    clients.close();
    peers.close();
  }
}
