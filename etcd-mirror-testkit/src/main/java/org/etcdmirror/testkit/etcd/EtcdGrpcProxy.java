package org.etcdmirror.testkit.etcd;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real {@code etcd grpc-proxy} before an etcd, on a free loopback port. It speaks v3 alone.
 * Nothing of it survives {@link #close()}. Safe for use by many threads.
 */
public final class EtcdGrpcProxy implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(30);

  private final int port;
  private final Path directory;
  private final Process process;

  private EtcdGrpcProxy(int port, Path directory, Process process) {
    this.port = port;
    this.directory = directory;
    this.process = process;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "etcd-proxy-reaper"));
  }

  /**
   * Starts one and waits until it takes connections.
   *
   * @param binary the etcd that is run as the proxy
   * @param etcd where it passes requests on to
   * @param extraFlags more flags, as {@code --namespace=/team/}
   * @throws IllegalStateException if it does not run; the message has its log
   */
  public static EtcdGrpcProxy start(EtcdBinary binary, URI etcd, String... extraFlags) {
    try {
      int port = Ports.free();
      Path directory = Files.createTempDirectory("etcd-testkit-proxy-");
      List<String> command = new ArrayList<>();
      command.add(binary.path().toString());
      command.addAll(List.of("grpc-proxy", "start"));
      command.add("--endpoints=" + etcd);
      command.add("--listen-addr=127.0.0.1:" + port);
      command.add("--advertise-client-url=127.0.0.1:" + port);
      command.add("--data-dir=" + directory.resolve("data"));
      command.addAll(List.of(extraFlags));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
      EtcdGrpcProxy proxy = new EtcdGrpcProxy(port, directory, builder.start());
      boolean ready = false;
      try {
        proxy.awaitReady();
        ready = true;
      } finally {
        if (!ready) {
          proxy.close();
        }
      }
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!takesConnections()) {
      if (Signals.ends(process, PAUSE) || System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "etcd grpc-proxy does not run: "
                + Files.readString(directory.resolve("log"), StandardCharsets.UTF_8));
      }
    }
  }

  private boolean takesConnections() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The client URL, {@code http://127.0.0.1:PORT}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Kills it and deletes what it left; harmless when repeated. */
  @Override
  public synchronized void close() {
    process.destroyForcibly();
    if (!Signals.ends(process, PATIENCE)) {
      throw new IllegalStateException("process " + process.pid() + " does not end");
    }
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
