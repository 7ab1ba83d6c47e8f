package org.etcdmirror.service.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server on a free loopback port that handles each connection in a thread of its own. */
final class HostileServer implements AutoCloseable {

  private static final int BACKLOG = 1024;

  /** Talks to one client; the connection is closed when it returns. */
  @FunctionalInterface
  interface Talk {

    /** Talks until it is done, the client is gone, or the thread is interrupted. */
    void to(Socket client) throws IOException, InterruptedException;
  }

  private final Talk talk;
  private final ServerSocket listener;
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  HostileServer(Talk talk) {
    this.talk = talk;
    try {
      listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  private void start(Runnable task) {
    Thread thread = new Thread(task, "hostile");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        clients.add(client);
        start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    threads.add(Thread.currentThread());
    try (client) {
      client.setTcpNoDelay(true);
      talk.to(client);
    } catch (IOException | InterruptedException gone) {
      // The client went away, or the attack is over.
    } finally {
      clients.remove(client);
      threads.remove(Thread.currentThread());
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.forEach(Thread::interrupt);
    for (Socket client : clients) {
      client.close();
    }
  }
}
