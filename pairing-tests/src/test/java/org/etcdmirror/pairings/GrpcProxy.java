package org.etcdmirror.pairings;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;

/** A real {@code etcd grpc-proxy} that puts a prefix before the keys of its clients. */
final class GrpcProxy implements AutoCloseable {

  private final Process process;
  private final URI url;

  /**
   * Starts one and waits until it listens.
   *
   * @param directory where it may keep what it needs
   */
  GrpcProxy(EtcdBinary binary, EtcdServer etcd, String namespace, Path directory)
      throws IOException {
    int port = freePort();
    url = URI.create("http://127.0.0.1:" + port);
    process =
        new ProcessBuilder(
                binary.path().toString(),
                "grpc-proxy",
                "start",
                "--endpoints=" + etcd.clientUrl().getAuthority(),
                "--listen-addr=127.0.0.1:" + port,
                "--data-dir=" + directory,
                "--namespace=" + namespace)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("proxy-" + port + ".log").toFile())
            .start();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> listens(port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  URI url() {
    return url;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
