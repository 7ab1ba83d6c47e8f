package org.etcdmirror.pairings.matrix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Stands before an etcd v2 and reads HTTP/1.1. */
final class V2Tap implements Tap {

  private final URI etcd;
  private final V2Requests requests;
  private final ServerSocket listener;
  private final Set<V2TappedConnection> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Trap trap;

  V2Tap(URI etcd, String prefix) {
    this.etcd = etcd;
    this.requests = new V2Requests(prefix);
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("v2-tap", this::accept);
  }

  static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  @Override
  public void set(@Nullable Trap next) {
    trap = next;
  }

  private Fate fateOf(Asked asked) {
    Trap set = trap;
    return set == null ? Fate.PASSED : set.fateOf(asked);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket mirror = listener.accept();
        connect(mirror);
      } catch (IOException e) {
        // It was closed, or one client went away.
      }
    }
  }

  private void connect(Socket mirror) throws IOException {
    try {
      Socket server = new Socket(etcd.getHost(), etcd.getPort());
      V2TappedConnection connection =
          new V2TappedConnection(mirror, server, requests, this::fateOf, open::remove);
      open.add(connection);
      connection.start();
    } catch (IOException e) {
      mirror.close();
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(V2TappedConnection::cut);
  }
}
