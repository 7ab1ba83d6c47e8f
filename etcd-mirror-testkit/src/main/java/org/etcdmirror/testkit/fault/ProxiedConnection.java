package org.etcdmirror.testkit.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One connection through a {@link FaultProxy}: its two directions, and how it ends. */
final class ProxiedConnection {

  private final Socket client;
  private final Socket server;
  private final ProxyDirection toServer;
  private final ProxyDirection toClient;
  private final Consumer<ProxiedConnection> onEnd;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final AtomicInteger openDirections = new AtomicInteger(2);

  ProxiedConnection(
      Faults faults,
      ProxyLine toServer,
      ProxyLine toClient,
      Socket client,
      Socket server,
      Consumer<ProxiedConnection> onEnd) {
    this.client = client;
    this.server = server;
    this.toServer = new ProxyDirection(faults, toServer, client, server, Faults.NO_LIMIT);
    this.toClient = new ProxyDirection(faults, toClient, server, client, faults.truncateAfter);
    this.onEnd = onEnd;
  }

  void start() {
    pump("to-server", toServer);
    pump("to-client", toClient);
  }

  private void pump(String name, ProxyDirection direction) {
    thread(name + "-read", direction::read);
    thread(name + "-write", () -> write(direction));
  }

  private void write(ProxyDirection direction) throws IOException, InterruptedException {
    if (!direction.write() || openDirections.decrementAndGet() == 0) {
      end();
    }
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
      // A body that is not read would turn the close into a reset, and the answer could be lost.
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
