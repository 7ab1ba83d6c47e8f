package org.etcdmirror.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Answers as an etcd v2 server never would: any status, any index, any body. It makes each answer
 * from the first line of the request, and ends the connection after it. For use by many threads.
 */
public final class FakeV2Server implements AutoCloseable {

  /** The id of the cluster that an answer names unless it says another. */
  public static final String CLUSTER_ID = "cafe";

  /** How an answer ends. A client ends a watch by a half-close of its connection. */
  public enum End {
    /** In good order, behind the body. */
    AT_ONCE,
    /** In good order, after the half-close; so does etcd. */
    IN_GOOD_ORDER,
    /** The connection ends at the half-close. */
    CUT,
    /** Not before the server is closed. */
    NEVER
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param index what the header {@code X-Etcd-Index} says
   * @param clusterId what the header {@code X-Etcd-Cluster-Id} says
   * @param body what follows the headers
   * @param end how it ends
   */
  public record Answer(int status, String index, String clusterId, String body, End end) {

    /** An answer of the usual cluster that is complete. */
    public Answer(int status, String index, String body) {
      this(status, index, CLUSTER_ID, body, End.AT_ONCE);
    }

    /** A success that is complete. */
    public static Answer ok(long index, String body) {
      return new Answer(200, Long.toString(index), body);
    }

    /** A watch that has this to tell and waits for more. */
    public static Answer watch(long index, String lines) {
      return new Answer(200, Long.toString(index), CLUSTER_ID, lines, End.IN_GOOD_ORDER);
    }

    /** That there is no such key. */
    public static Answer absent(long index) {
      return new Answer(
          404,
          Long.toString(index),
          "{\"errorCode\":100,\"message\":\"Key not found\",\"cause\":\"/\",\"index\":%d}"
              .formatted(index));
    }
  }

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Function<String, Answer> answers;

  /** A server that makes its answers from the first line of a request. */
  public FakeV2Server(Function<String, Answer> answers) {
    this.answers = answers;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  /** From now on it makes its answers by this. */
  public void answer(Function<String, Answer> from) {
    answers = from;
  }

  /** The URL of the server. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** The number of received requests. */
  public int requests() {
    return requests.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        threads.execute(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
      String first = in.readLine();
      for (String line = first; line != null && !line.isEmpty(); line = in.readLine()) {
        // Only the first line says what is asked.
      }
      if (first != null) {
        requests.incrementAndGet();
        answer(answers.apply(first), in, client.getOutputStream());
      }
    } catch (IOException gone) {
      // The client went away.
    } finally {
      sockets.remove(client);
    }
  }

  private void answer(Answer answer, BufferedReader in, OutputStream out) throws IOException {
    String head =
        """
        HTTP/1.1 %d OK\r
        Connection: close\r
        X-Etcd-Cluster-Id: %s\r
        X-Etcd-Index: %s\r
        Transfer-Encoding: chunked\r
        \r
        """
            .formatted(answer.status(), answer.clusterId(), answer.index());
    out.write(head.getBytes(UTF_8));
    byte[] body = answer.body().getBytes(UTF_8);
    if (body.length > 0) {
      out.write((Integer.toHexString(body.length) + "\r\n").getBytes(UTF_8));
      out.write(body);
      out.write("\r\n".getBytes(UTF_8));
    }
    out.flush();
    if (answer.end() != End.AT_ONCE) {
      while (in.read() >= 0) {
        // Until the client ends what it sends.
      }
    }
    switch (answer.end()) {
      case AT_ONCE, IN_GOOD_ORDER -> {
        out.write("0\r\n\r\n".getBytes(UTF_8));
        out.flush();
      }
      case NEVER -> awaitClose();
      case CUT -> {
        // The connection is closed with the request.
      }
    }
  }

  private void awaitClose() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.shutdownNow();
    }
  }
}
