package org.etcdmirror.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Passes HTTP on to a real etcd, and damages some of its answers: status, headers and body. */
final class HostileHttp implements HostileServer {

  private static final int PACKET = 8_192;

  /** One of so many connections stays open after a damaged packet. */
  private static final int ONE_OF_OPEN = 10;

  private static final List<byte[]> PIECES =
      Stream.of(
              "0",
              "9",
              "-1",
              "99999999999999999999",
              "9223372036854775807",
              "\r\n",
              "\r\n\r\n",
              "0\r\n\r\n",
              "ffffffffffffffff\r\n",
              "\"",
              "{",
              "}",
              "[",
              "]",
              ",",
              ":",
              "null",
              "true",
              "\\u0000",
              "\"dir\":true,",
              "\"value\":\"other\",",
              "\"key\":\"/elsewhere\",",
              "\"modifiedIndex\":1,",
              "\"errorCode\":401,",
              "\"errorCode\":100,",
              "X-Etcd-Index: 5\r\n",
              "X-Etcd-Cluster-Id: 1\r\n",
              "Content-Length: 3\r\n",
              "Transfer-Encoding: chunked\r\n",
              "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
              "HTTP/1.1 200 OK\r\n\r\n",
              "[".repeat(2_000),
              " ".repeat(5_000))
          .map(text -> text.getBytes(ISO_8859_1))
          .toList();

  private final URI etcd;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "hostile-http");
        thread.setDaemon(true);
        return thread;
      });

  private SplittableRandom random = new SplittableRandom(0);
  private int oneOf;
  private int damaged;

  HostileHttp(URI etcd) {
    this.etcd = etcd;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  @Override
  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  @Override
  public synchronized void damage(SplittableRandom choices, int oneOfPackets) {
    random = choices;
    oneOf = oneOfPackets;
  }

  @Override
  public synchronized void stop() {
    oneOf = 0;
    // A connection may be in disorder.
    sockets.forEach(HostileHttp::close);
  }

  @Override
  public synchronized int damaged() {
    return damaged;
  }

  private synchronized byte[] perhapsDamaged(byte[] packet) {
    if (oneOf == 0 || random.nextInt(oneOf) != 0) {
      return packet;
    }
    damaged++;
    return new Damage(random, PIECES).of(packet);
  }

  /** A client waits for the missing end of a damaged answer until its time is over. */
  private synchronized boolean mayGoOn() {
    return random.nextInt(ONE_OF_OPEN) == 0;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(etcd.getHost(), etcd.getPort());
        sockets.addAll(List.of(client, server));
        threads.execute(() -> pass(client, server, false));
        threads.execute(() -> pass(server, client, true));
      } catch (IOException closed) {
        // The next turn tells whether this server is over.
      }
    }
  }

  private void pass(Socket from, Socket to, boolean answers) {
    byte[] buffer = new byte[PACKET];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      boolean goesOn = true;
      for (int read = in.read(buffer); read >= 0; read = goesOn ? in.read(buffer) : -1) {
        byte[] packet = Arrays.copyOf(buffer, read);
        byte[] sent = answers ? perhapsDamaged(packet) : packet;
        out.write(sent);
        out.flush();
        goesOn = sent == packet || mayGoOn();
      }
      to.shutdownOutput();
    } catch (IOException gone) {
      close(to);
    }
    if (answers) {
      close(from);
      close(to);
      sockets.removeAll(Set.of(from, to));
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // It is closed.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(HostileHttp::close);
    threads.shutdownNow();
  }
}
