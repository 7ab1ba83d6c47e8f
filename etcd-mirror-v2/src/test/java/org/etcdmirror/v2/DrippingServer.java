package org.etcdmirror.v2;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Answers as etcd v2 does, but sends only 5 bytes a second from a given byte on. */
public final class DrippingServer implements AutoCloseable {

  private static final String BODY =
      "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"value\":\"%s\",".formatted("x".repeat(1000))
          + "\"modifiedIndex\":4,\"createdIndex\":4}}\n";

  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Etcd-Cluster-Id: cdf818194e3a8c32\r\n"
          + "X-Etcd-Index: 4\r\nContent-Length: "
          + BODY.length()
          + "\r\n\r\n";

  private final ServerSocket listener;
  private final int soonBytes;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  private DrippingServer(int soonBytes) throws IOException {
    this.soonBytes = soonBytes;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** From the first byte of the status line on. */
  public static DrippingServer inTheHeaders() throws IOException {
    return new DrippingServer(0);
  }

  /** From the first byte of the body on. */
  public static DrippingServer inTheBody() throws IOException {
    return new DrippingServer(HEAD.length());
  }

  public String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        threads.execute(() -> answer(client));
      }
    } catch (IOException over) {
      // The test is over.
    }
  }

  private void answer(Socket client) {
    byte[] all = (HEAD + BODY).getBytes(StandardCharsets.US_ASCII);
    try (client) {
      InputStream in = client.getInputStream();
      int last = 0;
      for (int b = in.read(); b != '\n' || last != '\n'; b = in.read()) {
        if (b < 0) {
          return;
        }
        last = b == '\r' ? last : b;
      }
      OutputStream out = client.getOutputStream();
      out.write(all, 0, soonBytes);
      for (int i = soonBytes; i < all.length; i++) {
        out.write(all[i]);
        if (closed.await(200, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (IOException clientWentAway) {
      // As it should.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
