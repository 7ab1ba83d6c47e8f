package org.etcdmirror.v2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.etcdmirror.v2.internal.client.V2Client;

/**
 * A server that answers each connection's first request as a test wants it. To a half-close it does
 * what etcd does, or what something else on the way may do.
 */
final class FakeHistory implements AutoCloseable {

  /** What follows the headers of a watch. */
  enum End {
    /** As etcd: the answer is ended in good order after a half-close. */
    IN_GOOD_ORDER,
    /** The connection ends at the half-close. */
    CUT,
    /** Nothing happens. */
    NEVER
  }

  /**
   * An answer.
   *
   * @param body what comes at once; an end in good order follows if it is not empty
   * @param end what follows an empty body
   */
  record Answer(int status, long index, String clusterId, String body, End end) {}

  private final ServerSocket listener;
  private final Function<String, Answer> answers;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();

  /** A server that makes its answers from the first line of a request. */
  FakeHistory(Function<String, Answer> answers) throws IOException {
    this.answers = answers;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  int requests() {
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
        "HTTP/1.1 %d OK\r\nConnection: close\r\n%s: %s\r\n%s: %d\r\nTransfer-Encoding: chunked\r\n\r\n"
            .formatted(
                answer.status(),
                V2Client.CLUSTER_ID,
                answer.clusterId(),
                V2Client.ETCD_INDEX,
                answer.index());
    out.write(head.getBytes(UTF_8));
    out.flush();
    byte[] body = answer.body().getBytes(UTF_8);
    if (body.length > 0) {
      out.write((Integer.toHexString(body.length) + "\r\n").getBytes(UTF_8));
      out.write(body);
      out.write("\r\n0\r\n\r\n".getBytes(UTF_8));
      out.flush();
      return;
    }
    while (in.read() >= 0) {
      // Until the half-close.
    }
    if (answer.end() == End.NEVER) {
      park();
    }
    if (answer.end() == End.IN_GOOD_ORDER) {
      out.write("0\r\n\r\n".getBytes(UTF_8));
      out.flush();
    }
  }

  /** Until the test is over. */
  private void park() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    over.countDown();
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
