package org.etcdmirror.testkit.etcd;

import static java.util.Objects.requireNonNull;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An etcd that is a child process of this JVM, with its data in a temporary directory. */
final class LocalEtcd implements EtcdProcess {

  private static final int TAIL_BYTES = 4_000;

  /** For an orderly end; one that is killed ends when its last write to the disk does. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Set<LocalEtcd> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> LIVE.forEach(LocalEtcd::destroy), "etcd-testkit-reaper"));
  }

  private final EtcdBinary binary;
  private final EtcdMember member;
  private final boolean v2;
  private final @Nullable TestCertificates certificates;
  private final List<String> extraFlags;
  private final Path directory;
  private String token;
  private @Nullable Process process;
  private boolean suspended;

  LocalEtcd(
      EtcdBinary binary,
      EtcdMember member,
      boolean v2,
      @Nullable TestCertificates certificates,
      List<String> extraFlags) {
    this.binary = binary;
    this.member = member;
    this.v2 = v2;
    this.certificates = certificates;
    this.extraFlags = extraFlags;
    try {
      this.directory = Files.createTempDirectory("etcd-testkit-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.token = member.token();
    LIVE.add(this);
  }

  @Override
  public URI clientUrl() {
    return member.clientUrl();
  }

  @Override
  public URI tlsUrl() {
    if (certificates == null) {
      throw new IllegalStateException("this server was built without TLS");
    }
    return member.tlsUrl();
  }

  @Override
  public String name() {
    return member.name();
  }

  @Override
  public void launch() {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException(name() + " is already running");
    }
    ProcessBuilder builder =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    // etcd takes ETCD_* for settings.
    builder.environment().keySet().removeIf(LocalEtcd::isSetting);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + binary.path(), e);
    }
    suspended = false;
  }

  private static boolean isSetting(String variable) {
    return variable.startsWith("ETCD") && !variable.equals("ETCD_UNSUPPORTED_ARCH");
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(binary.path().toString());
    command.add("--name=" + name());
    command.add("--data-dir=" + data());
    command.add(
        "--listen-client-urls=" + clientUrl() + (certificates == null ? "" : "," + tlsUrl()));
    command.add("--advertise-client-urls=" + clientUrl());
    command.add("--listen-peer-urls=" + member.peerUrl());
    command.add("--initial-advertise-peer-urls=" + member.advertisedPeer());
    command.add("--initial-cluster=" + member.initialCluster());
    command.add("--initial-cluster-token=" + token);
    if (certificates != null) {
      TestCertificates.Pair server = certificates.server();
      command.add("--cert-file=" + server.cert());
      command.add("--key-file=" + server.key());
      command.add("--trusted-ca-file=" + certificates.caCert());
      command.add("--client-cert-auth");
    }
    // Up to etcd 3.3 it is on by default, and from 3.6 on the flag is unknown.
    if (binary.knowsFlag("--enable-v2")) {
      command.add("--enable-v2=" + v2);
    }
    if (binary.knowsFlag("--unsafe-no-fsync")) {
      command.add("--unsafe-no-fsync");
    }
    // The hash of a password is slow on purpose, and tests log in often.
    if (binary.knowsFlag("--bcrypt-cost=4")) {
      command.add("--bcrypt-cost=4");
    }
    if (member.isAlone()) {
      // A single member cannot lose an election, so it need not wait a second for one.
      command.add("--heartbeat-interval=20");
      command.add("--election-timeout=200");
    }
    command.addAll(extraFlags);
    return command;
  }

  private Path data() {
    return directory.resolve("data");
  }

  @Override
  public boolean ends(Duration patience) {
    return process == null || Signals.ends(process, patience);
  }

  @Override
  public void stop() {
    if (process != null && process.isAlive()) {
      resume();
      process.destroy();
      if (!Signals.ends(process, GRACE)) {
        kill();
      }
    }
  }

  @Override
  public void kill() {
    if (process != null && process.isAlive()) {
      process.destroyForcibly();
      if (!Signals.ends(process, PATIENCE)) {
        throw new IllegalStateException("process " + process.pid() + " does not end");
      }
    }
    suspended = false;
  }

  @Override
  public void suspend() {
    Signals.suspend(requireNonNull(process, "it was never started"));
    suspended = true;
  }

  @Override
  public void resume() {
    if (suspended && process != null) {
      Signals.resume(process);
      suspended = false;
    }
  }

  @Override
  public void deleteData(boolean keepClusterId) {
    delete(data());
    if (!keepClusterId) {
      token = UUID.randomUUID().toString();
    }
  }

  @Override
  public String version() {
    return binary.version();
  }

  @Override
  public Path log() {
    return directory.resolve("etcd.log");
  }

  @Override
  public String tailOfLog() {
    try {
      byte[] all = Files.exists(log()) ? Files.readAllBytes(log()) : new byte[0];
      int start = Math.max(0, all.length - TAIL_BYTES);
      return new String(all, start, all.length - start, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(cannot be read: " + e + ")";
    }
  }

  @Override
  public void destroy() {
    kill();
    delete(directory);
    LIVE.remove(this);
  }

  private static void delete(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + root, e);
    }
  }
}
