package org.etcdmirror.service.attack;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.core.ConditionTimeoutException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.EtcdServerBuilder;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;

/** Two real servers, a line to each that can be led elsewhere, and the service between them. */
final class Stage implements AutoCloseable {

  /** The name of the link; its checkpoint in the sink is {@code /__replication/attack}. */
  static final String LINK = "attack";

  static final String PREFIX = "/conf/";
  private static final int KEYS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Kind kind;
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final List<String> tlsOptions = new ArrayList<>();
  private final EtcdServer source;
  private final EtcdServer sink;
  private final FaultProxy sourceLine;
  private final FaultProxy sinkLine;
  private Service service;

  /** Starts all of it and waits until the sink is level. */
  Stage(Kind kind, Path directory) throws IOException {
    this.kind = kind;
    try {
      source = keep(builder(directory).start());
      sink = keep(sinkBuilder(directory).start());
      sourceLine = keep(FaultProxy.to(address(source)));
      sinkLine = keep(FaultProxy.to(address(sink)));
      for (int i = 0; i < KEYS; i++) {
        put(Side.SOURCE, PREFIX + "key" + i, "value " + i);
      }
      service = Service.start(withAnyPort());
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private EtcdServerBuilder builder(Path directory) {
    EtcdServerBuilder builder = EtcdServer.builder();
    if (kind.tls()) {
      TestCertificates authority = TestCertificates.in(directory);
      authority.server();
      TestCertificates.Pair client = authority.client("mirror");
      for (String side : List.of("--source", "--sink")) {
        if (side.equals("--source") == tlsOptions.isEmpty()) {
          tlsOptions.addAll(
              List.of(
                  side + "-cacert", authority.caCert().toString(),
                  side + "-cert", client.cert().toString(),
                  side + "-key", client.key().toString()));
          break;
        }
      }
      builder.tls(authority);
    }
    return builder;
  }

  private EtcdServerBuilder sinkBuilder(Path directory) throws IOException {
    Path own = Files.createDirectories(directory.resolve("sink"));
    EtcdServerBuilder builder = builder(own);
    return kind == Kind.V3_SMALL_SINK
        ? builder.extraFlags("--quota-backend-bytes=" + (8 << 20))
        : builder;
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.add(0, part);
    return part;
  }

  private URI address(EtcdServer etcd) {
    return kind.tls() ? etcd.tlsUrl() : etcd.clientUrl();
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("run", "--prefix", PREFIX, "--link", LINK));
    arguments.addAll(List.of("--source", address(sourceLine), "--sink", address(sinkLine)));
    arguments.addAll(tlsOptions);
    return arguments;
  }

  private String address(FaultProxy line) {
    return kind.scheme()
        + (kind.tls() ? ":https" : ":http")
        + "://127.0.0.1:"
        + line.url().getPort();
  }

  Kind kind() {
    return kind;
  }

  Service service() {
    return service;
  }

  EtcdServer etcd(Side side) {
    return side == Side.SOURCE ? source : sink;
  }

  FaultProxy line(Side side) {
    return side == Side.SOURCE ? sourceLine : sinkLine;
  }

  /** Leads a side's connections, old and new, to another server until the result is closed. */
  AutoCloseable lead(Side side, URI elsewhere) {
    lead(side, elsewhere, true);
    return () -> lead(side, address(etcd(side)), true);
  }

  private void lead(Side side, URI to, boolean cut) {
    line(side).redirect(to);
    if (cut) {
      line(side).cutAll();
    }
  }

  /** Writes to a real server, past the proxies and hostile servers. */
  void put(Side side, String key, String value) {
    URI etcd = etcd(side).clientUrl();
    if (kind.isV2()) {
      new V2Http(etcd).put(key, value);
    } else {
      new V3Http(etcd).put(key, value);
    }
  }

  /** Deletes a key of a real server. */
  void delete(Side side, String key) {
    URI etcd = etcd(side).clientUrl();
    if (kind.isV2()) {
      new V2Http(etcd).delete(key, "");
    } else {
      new V3Http(etcd).delete(key);
    }
  }

  private Map<?, ?> values(Side side) {
    URI etcd = etcd(side).clientUrl();
    return kind.isV2()
        ? new V2Http(etcd).tree(PREFIX.substring(0, PREFIX.length() - 1))
        : new V3Http(etcd).values(PREFIX);
  }

  /** Writes a new value to the source and waits until both sides are equal; false if never. */
  boolean becomesLevel() {
    put(Side.SOURCE, PREFIX + "new", UUID.randomUUID().toString());
    try {
      await().atMost(PATIENCE).pollInterval(POLL).until(() -> isLevel() || !service.runs());
      return isLevel();
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  private boolean isLevel() {
    return values(Side.SOURCE).equals(values(Side.SINK));
  }

  /** Starts the service anew, as an operator or an init system does it. */
  void restart() throws IOException {
    service.close();
    service = Service.start(withAnyPort());
  }

  private List<String> withAnyPort() {
    List<String> arguments = arguments();
    arguments.addAll(List.of("--http", "127.0.0.1:0"));
    return arguments;
  }

  /** The same, with a log that goes into a file, such as one on a disk that is full. */
  void restartLoggingTo(Path log) throws IOException {
    await()
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(() -> {
          service.close();
          service = startLoggingTo(log);
          return service.isListening();
        });
  }

  /** Another process may take the port first; then this one ends. */
  private Service startLoggingTo(Path log) throws IOException {
    List<String> arguments = arguments();
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    arguments.addAll(List.of("--http", "127.0.0.1:" + port));
    return Service.startLoggingTo(log, URI.create("http://127.0.0.1:" + port), arguments);
  }

  @Override
  public void close() {
    if (service != null) {
      service.close();
    }
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
