package org.etcdmirror.v2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A path to etcd that silently stops forwarding on existing connections. On new connections, the
 * data after a watch's headers arrives late, as after a lost packet.
 */
final class SilentPathProxy implements AutoCloseable {

  private static final long LATE_MILLIS = 400;

  private final URI etcd;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> dead = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean late;

  SilentPathProxy(URI etcd) throws IOException {
    this.etcd = etcd;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Silences the existing connections and delays the answers of new watches. */
  void dieSilently() {
    dead.addAll(open);
    late = true;
  }

  /** Ends the delay on new connections. */
  void recover() {
    late = false;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(etcd.getHost(), etcd.getPort());
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        open.add(client);
        boolean[] watches = {false};
        threads.execute(() -> pump(client, server, (out, chunk, n) -> ask(out, chunk, n, watches)));
        threads.execute(
            () -> pump(server, client, (out, chunk, n) -> answer(client, out, chunk, n, watches)));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  @FunctionalInterface
  private interface Pass {
    void on(OutputStream out, byte[] chunk, int count) throws IOException, InterruptedException;
  }

  private static void ask(OutputStream out, byte[] chunk, int count, boolean[] watches)
      throws IOException {
    synchronized (watches) {
      watches[0] |= new String(chunk, 0, count, ISO_8859_1).contains("wait=true");
    }
    out.write(chunk, 0, count);
  }

  private void answer(Socket client, OutputStream out, byte[] chunk, int count, boolean[] watches)
      throws IOException, InterruptedException {
    if (dead.contains(client)) {
      over.await();
    }
    boolean isWatch;
    synchronized (watches) {
      isWatch = watches[0];
    }
    int end = new String(chunk, 0, count, ISO_8859_1).indexOf("\r\n\r\n");
    int headers = end < 0 ? 0 : end + 4;
    out.write(chunk, 0, headers);
    out.flush();
    if (late && isWatch && headers < count && over.await(LATE_MILLIS, TimeUnit.MILLISECONDS)) {
      return;
    }
    out.write(chunk, headers, count - headers);
  }

  private static void pump(Socket from, Socket to, Pass pass) {
    byte[] chunk = new byte[1 << 16];
    try (from;
        to) {
      for (int n = from.getInputStream().read(chunk);
          n > 0;
          n = from.getInputStream().read(chunk)) {
        pass.on(to.getOutputStream(), chunk, n);
        to.getOutputStream().flush();
      }
    } catch (IOException ended) {
      // One side is gone; both are closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    over.countDown();
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
