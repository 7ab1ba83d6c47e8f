package org.etcdmirror.testkit.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy on a free loopback port that breaks connections on request. Without a request it
 * forwards. Faults add up until {@link #heal()}. Safe for use by many threads.
 */
public final class FaultProxy implements AutoCloseable {

  private static final int BACKLOG = 1024;
  private static final int CONNECT_MILLIS = 5_000;

  /** Small, so that a slow line holds up the sender soon; too small for loopback is slow itself. */
  private static final int SOCKET_BUFFER = 128 * 1024;

  private volatile InetSocketAddress target;
  private final Faults faults = new Faults();
  private final ProxyLine toServer = new ProxyLine();
  private final ProxyLine toClient = new ProxyLine();
  private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> answering = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final int port;
  private volatile ServerSocket listener;
  private Thread acceptor;

  private FaultProxy(InetSocketAddress target) throws IOException {
    this.target = target;
    this.listener = listener(0);
    this.port = listener.getLocalPort();
    this.acceptor = acceptor();
  }

  private static ServerSocket listener(int port) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.setReceiveBufferSize(SOCKET_BUFFER);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    return listener;
  }

  private Thread acceptor() {
    Thread thread = new Thread(this::acceptAll, "fault-proxy-accept");
    thread.setDaemon(true);
    return thread;
  }

  /** A proxy in front of a server, {@code http://HOST:PORT}, that may be down. */
  public static FaultProxy to(URI server) {
    try {
      FaultProxy proxy = new FaultProxy(new InetSocketAddress(server.getHost(), server.getPort()));
      proxy.acceptor.start();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leads new connections to another server; those that are open stay where they are. */
  public void redirect(URI server) {
    target = new InetSocketAddress(server.getHost(), server.getPort());
  }

  /** The client URL of the proxy, {@code http://127.0.0.1:PORT}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** The number of connections that are open to the server. */
  public int connections() {
    return open.size();
  }

  /** The number of connections that clients have made since the start, with refused ones. */
  public int accepted() {
    return accepted.get();
  }

  /** Resets the connections that are open now. */
  public void cutAll() {
    open.forEach(ProxiedConnection::cut);
  }

  /** Whether new connections are reset at once. */
  public void refuse(boolean on) {
    faults.refuse = on;
  }

  /**
   * Whether it listens at all: while it does not, the system refuses connections to its port. Those
   * that are open stay open. Unlike the other faults, this one is not ended by {@link #heal()}.
   *
   * @throws UncheckedIOException if another program took the port meanwhile
   */
  public synchronized void listen(boolean on) {
    if (on != listener.isClosed()) {
      return;
    }
    try {
      if (on) {
        listener = listener(port);
        acceptor = acceptor();
        acceptor.start();
      } else {
        listener.close();
        acceptor.join(CONNECT_MILLIS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether nothing is forwarded either way, while connections stay open and can be made: a black
   * hole. What was held back is forwarded afterwards.
   */
  public void stall(boolean on) {
    faults.stall(on);
  }

  /** Delays all bytes by this time, each way; zero for no delay. */
  public void delay(Duration oneWay) {
    faults.link = faults.link.withDelay(oneWay);
  }

  /**
   * Limits the line from now on, each way; {@link LinkLimits#NONE} for as fast as can be. What is
   * under way keeps its time. A sender that is faster than the line is held up.
   */
  public void link(LinkLimits limits) {
    faults.link = limits;
  }

  /** Answers each new connection's first request with a page of HTML, and closes it. */
  public void answerHtml(int status) {
    faults.htmlStatus = status;
  }

  /** Closes each new connection after this many bytes from the server. */
  public void truncateAfter(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must not be negative, was " + bytes);
    }
    faults.truncateAfter = bytes;
  }

  /** Ends all faults. Connections that were made under {@link #truncateAfter} still end early. */
  public void heal() {
    faults.heal();
  }

  /** Resets all connections and stops listening; harmless when repeated. */
  @Override
  public synchronized void close() {
    try {
      listener.close();
      acceptor.join(CONNECT_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cutAll();
    answering.forEach(ProxiedConnection::reset);
  }

  private void acceptAll() {
    ServerSocket own = listener;
    while (!own.isClosed()) {
      try {
        Socket client = own.accept();
        accepted.incrementAndGet();
        serve(client);
      } catch (IOException e) {
        // Either the proxy was closed, or this one client went away: the next one counts.
      }
    }
  }

  private void serve(Socket client) throws IOException {
    int status = faults.htmlStatus;
    if (faults.refuse) {
      ProxiedConnection.reset(client);
    } else if (status != 0) {
      Thread answer = new Thread(() -> answer(client, status), "fault-proxy-html");
      answer.setDaemon(true);
      answer.start();
    } else {
      forward(client);
    }
  }

  private void answer(Socket client, int status) {
    answering.add(client);
    try {
      ProxiedConnection.answerHtml(client, status);
    } catch (IOException clientWentAway) {
      ProxiedConnection.reset(client);
    } finally {
      answering.remove(client);
    }
  }

  private void forward(Socket client) throws IOException {
    Socket server = new Socket();
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      client.setSendBufferSize(SOCKET_BUFFER);
      server.setSendBufferSize(SOCKET_BUFFER);
      server.setReceiveBufferSize(SOCKET_BUFFER);
      server.connect(target, CONNECT_MILLIS);
    } catch (IOException e) {
      ProxiedConnection.reset(client);
      server.close();
      throw e;
    }
    ProxiedConnection connection =
        new ProxiedConnection(faults, toServer, toClient, client, server, open::remove);
    open.add(connection);
    connection.start();
  }
}
