package org.etcdmirror.v2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Runs an action after etcd has read a tree and before its answer reaches the client. */
public final class MeddlingProxy implements AutoCloseable {

  private final URI etcd;
  private final boolean endsAtHalfClose;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Runnable> meddling = new AtomicReference<>();

  /** A proxy that passes a half-close on, as one for TCP does. */
  public MeddlingProxy(URI etcd) throws IOException {
    this(etcd, false);
  }

  /**
   * A proxy.
   *
   * @param endsAtHalfClose whether a half-close ends both connections, as nginx does it
   */
  public MeddlingProxy(URI etcd, boolean endsAtHalfClose) throws IOException {
    this.etcd = etcd;
    this.endsAtHalfClose = endsAtHalfClose;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  public String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Runs once, when the next tree has been read and its answer is held. */
  public void afterTreeRead(Runnable action) {
    meddling.set(action);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(etcd.getHost(), etcd.getPort());
        sockets.add(client);
        sockets.add(server);
        AtomicBoolean treeAsked = new AtomicBoolean();
        threads.execute(() -> pump(client, server, request -> noteTree(request, treeAsked)));
        threads.execute(() -> pump(server, client, answer -> meddle(treeAsked)));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  @FunctionalInterface
  private interface Look {
    void at(String chunk);
  }

  private static void noteTree(String request, AtomicBoolean treeAsked) {
    if (request.contains("recursive=true") && !request.contains("wait=true")) {
      treeAsked.set(true);
    }
  }

  private void meddle(AtomicBoolean treeAsked) {
    Runnable action = treeAsked.compareAndSet(true, false) ? meddling.getAndSet(null) : null;
    if (action != null) {
      action.run();
    }
  }

  private void pump(Socket from, Socket to, Look look) {
    byte[] chunk = new byte[1 << 16];
    boolean halfClosed = false;
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        look.at(new String(chunk, 0, n, ISO_8859_1));
        out.write(chunk, 0, n);
      }
      if (!endsAtHalfClose && !from.isOutputShutdown()) {
        to.shutdownOutput();
        halfClosed = true;
      }
    } catch (IOException gone) {
      // One side went away; both are closed.
    } finally {
      if (!halfClosed) {
        close(from);
        close(to);
      }
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException goneAlready) {
      // The socket is closed already.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
