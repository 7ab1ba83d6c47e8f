package org.etcdmirror.testkit.etcd;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes to etcd's v2 API as fast as etcd takes it: each connection sends its requests back to back
 * and reads the answers meanwhile. With 128 connections that is fast enough to overflow the 100
 * events that etcd buffers for a watcher, and to push a watcher out of the 1000 events of history.
 */
public final class PipelinedWriter {

  private static final int MOST_CONNECTIONS = 512;
  private static final int MOST_REQUESTS = 1_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private PipelinedWriter() {}

  /**
   * The result of a storm.
   *
   * @param succeeded how many requests were answered with 200 or 201
   * @param elapsed from the first request to the last answer
   */
  public record Result(int succeeded, Duration elapsed) {

    /** Successes per second. */
    public double perSecond() {
      return succeeded * 1e9 / Math.max(1, elapsed.toNanos());
    }
  }

  /**
   * Sets {@code keyPrefix/C/N} to {@code N} for each connection C and each of its requests N, both
   * counted from 0. Returns when all are answered, or their connections have failed, or after two
   * minutes.
   *
   * @param server an etcd on this machine
   * @param keyPrefix a path such as {@code /load}
   * @param connections at most 512
   * @param requestsPerConnection at most a million for all connections together
   * @throws IllegalArgumentException if the server is not on this machine, or a number is out of
   *     its bounds
   * @throws IOException if a connection could not be made
   */
  public static Result storm(
      URI server, String keyPrefix, int connections, int requestsPerConnection)
      throws IOException, InterruptedException {
    InetAddress address = InetAddress.getByName(server.getHost());
    if (!address.isLoopbackAddress()) {
      throw new IllegalArgumentException(server + " is not on this machine");
    }
    if (connections < 1
        || connections > MOST_CONNECTIONS
        || requestsPerConnection < 1
        || (long) connections * requestsPerConnection > MOST_REQUESTS) {
      throw new IllegalArgumentException(
          "out of bounds: " + connections + " x " + requestsPerConnection);
    }
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(address, server.getPort()), (int) PATIENCE.toMillis());
      }
      return run(sockets, server.getAuthority(), keyPrefix, requestsPerConnection);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Result run(List<Socket> sockets, String host, String keyPrefix, int requests)
      throws InterruptedException {
    AtomicInteger succeeded = new AtomicInteger();
    CountDownLatch readersDone = new CountDownLatch(sockets.size());
    long start = System.nanoTime();
    for (int i = 0; i < sockets.size(); i++) {
      Socket socket = sockets.get(i);
      String path = "/v2/keys" + V2Http.encodePath(keyPrefix) + "/" + i + "/";
      daemon("storm-writer-" + i, () -> write(socket, host, path, requests));
      daemon(
          "storm-reader-" + i,
          () -> {
            read(socket, requests, succeeded);
            readersDone.countDown();
          });
    }
    boolean inTime = readersDone.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    Duration elapsed = inTime ? Duration.ofNanos(System.nanoTime() - start) : PATIENCE;
    return new Result(succeeded.get(), elapsed);
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void write(Socket socket, String host, String path, int requests) {
    try {
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
      for (int n = 0; n < requests; n++) {
        String body = "value=" + n;
        String request =
            ("PUT %s%d?noValueOnSuccess=true HTTP/1.1\r\nHost: %s\r\n"
                    + "Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s")
                .formatted(path, n, host, "application/x-www-form-urlencoded", body.length(), body);
        out.write(request.getBytes(StandardCharsets.US_ASCII));
      }
      out.flush();
    } catch (IOException e) {
      close(socket);
    }
  }

  private static void read(Socket socket, int requests, AtomicInteger succeeded) {
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      for (int n = 0; n < requests; n++) {
        int status = readAnswer(in);
        if (status == 200 || status == 201) {
          succeeded.incrementAndGet();
        }
      }
    } catch (IOException e) {
      close(socket);
    }
  }

  private static int readAnswer(InputStream in) throws IOException {
    int status = Integer.parseInt(line(in).split(" ", 3)[1]);
    int length = -1;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).trim());
      }
    }
    if (length < 0) {
      throw new IOException("an answer without a length, status " + status);
    }
    in.skipNBytes(length);
    return status;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // The reader counts what was answered before; there is nothing to add.
    }
  }
}
