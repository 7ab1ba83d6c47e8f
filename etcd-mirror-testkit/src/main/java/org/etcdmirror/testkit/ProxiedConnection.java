package org.etcdmirror.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One connection through a {@link FaultProxy}. In each direction one thread reads and another
 * writes, so that a delay costs latency but no throughput.
 */
final class ProxiedConnection {

  private static final int CHUNK = 16 * 1024;
  private static final int CHUNKS_IN_FLIGHT = 1024;
  private static final byte[] END = new byte[0];

  /** What was read at once, and the nanoTime before which it must not be written. */
  private static final class Chunk {
    final byte[] bytes;
    final long due;

    Chunk(byte[] bytes, long due) {
      this.bytes = bytes;
      this.due = due;
    }
  }

  private final Faults faults;
  private final Socket client;
  private final Socket server;
  private final long truncateAfter;
  private final Consumer<ProxiedConnection> onEnd;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final AtomicInteger openDirections = new AtomicInteger(2);

  ProxiedConnection(
      Faults faults, Socket client, Socket server, Consumer<ProxiedConnection> onEnd) {
    this.faults = faults;
    this.client = client;
    this.server = server;
    this.truncateAfter = faults.truncateAfter;
    this.onEnd = onEnd;
  }

  void start() {
    pump("to-server", client, server, Faults.NO_LIMIT);
    pump("to-client", server, client, truncateAfter);
  }

  private void pump(String name, Socket from, Socket to, long limit) {
    BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(CHUNKS_IN_FLIGHT);
    thread(name + "-read", () -> read(from, queue));
    thread(name + "-write", () -> write(to, queue, limit));
  }

  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  private void thread(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException | InterruptedException e) {
                cut();
              }
            },
            "fault-proxy-" + name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void read(Socket from, BlockingQueue<Chunk> queue)
      throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    byte[] buffer = new byte[CHUNK];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      byte[] bytes = new byte[n];
      System.arraycopy(buffer, 0, bytes, 0, n);
      queue.put(new Chunk(bytes, System.nanoTime() + faults.delayNanos));
    }
    queue.put(new Chunk(END, System.nanoTime() + faults.delayNanos));
  }

  private void write(Socket to, BlockingQueue<Chunk> queue, long limit)
      throws IOException, InterruptedException {
    long written = 0;
    while (true) {
      Chunk chunk = queue.take();
      awaitTime(chunk.due);
      faults.awaitFlow();
      if (chunk.bytes == END) {
        to.shutdownOutput();
        if (openDirections.decrementAndGet() == 0) {
          end();
        }
        return;
      }
      int length = chunk.bytes.length;
      if (limit != Faults.NO_LIMIT && written + length >= limit) {
        to.getOutputStream().write(chunk.bytes, 0, (int) (limit - written));
        end();
        return;
      }
      to.getOutputStream().write(chunk.bytes);
      written += length;
    }
  }

  private static void awaitTime(long due) throws InterruptedException {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  /** Resets both sides. */
  void cut() {
    reset(client);
    reset(server);
    threads.forEach(Thread::interrupt);
    onEnd.accept(this);
  }

  /** Closes both sides in good order: what was written still arrives. */
  private void end() throws IOException {
    client.close();
    server.close();
    threads.forEach(Thread::interrupt);
    onEnd.accept(this);
  }

  /** Answers a request as a broken proxy does, and closes in good order. */
  static void answerHtml(Socket client, int status) throws IOException {
    try (client) {
      client.setSoTimeout(2_000);
      InputStream in = client.getInputStream();
      int lineEnds = 0;
      while (lineEnds < 2) {
        int c = in.read();
        if (c < 0) {
          return;
        }
        lineEnds = c == '\n' ? lineEnds + 1 : c == '\r' ? lineEnds : 0;
      }
      String page = "<html><body><h1>" + status + " broken on purpose</h1></body></html>";
      String answer =
          ("HTTP/1.1 %d Broken\r\nContent-Type: text/html\r\n"
                  + "Content-Length: %d\r\nConnection: close\r\n\r\n%s")
              .formatted(status, page.length(), page);
      client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      client.shutdownOutput();
      // A body that nobody reads would turn the close into a reset, and the answer could be lost.
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** Closes with a reset, so that the peer sees an error at once. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException closedAlready) {
      return;
    }
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
