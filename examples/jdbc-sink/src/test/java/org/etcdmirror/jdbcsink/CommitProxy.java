package org.etcdmirror.jdbcsink;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A proxy in front of PostgreSQL that loses the answers to commits. It understands as much of the
 * protocol as that takes: after the start, each message is a letter, a length and content.
 */
final class CommitProxy implements AutoCloseable {

  /** What becomes of a commit. */
  enum Commits {
    /** It is answered as always. */
    ANSWERED,
    /** The client learns that the connection is lost, and the server gets the commit at once. */
    UNANSWERED,
    /** The client learns that the connection is lost, and the server gets the commit later. */
    HELD
  }

  private record Held(Socket server, byte[] commit, Future<?> answers) {}

  private final ServerSocket listener;
  private final int target;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Queue<Held> held = new ConcurrentLinkedQueue<>();
  private volatile Commits commits = Commits.ANSWERED;

  private CommitProxy(int target) throws IOException {
    this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    this.target = target;
  }

  static CommitProxy to(int port) throws IOException {
    CommitProxy proxy = new CommitProxy(port);
    proxy.threads.submit(proxy::acceptAll);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  void answer(Commits how) {
    commits = how;
  }

  /** Gives the server what was held, waits for what becomes of it, and tells how much it was. */
  int deliverHeld() throws Exception {
    int delivered = 0;
    for (Held next = held.poll(); next != null; next = held.poll()) {
      try {
        next.server().getOutputStream().write(next.commit());
        next.server().shutdownOutput();
      } catch (IOException e) {
        // The server has given the transaction up.
      }
      next.answers().get();
      delivered++;
    }
    return delivered;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }

  private Void acceptAll() throws IOException {
    while (true) {
      Socket client = listener.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      sockets.add(client);
      sockets.add(server);
      Future<?> answers = threads.submit(() -> answers(server, client));
      threads.submit(() -> requests(client, server, answers));
    }
  }

  /** Brings answers to the client while it is there, and reads them to the end in any case. */
  private static Void answers(Socket server, Socket client) throws IOException {
    InputStream from = server.getInputStream();
    byte[] some = new byte[8192];
    for (int size = read(from, some); size >= 0; size = read(from, some)) {
      if (!client.isClosed()) {
        try {
          client.getOutputStream().write(some, 0, size);
        } catch (IOException e) {
          client.close();
        }
      }
    }
    client.close();
    return null;
  }

  /** A server that has given a transaction up resets the connection when the commit arrives. */
  private static int read(InputStream from, byte[] some) {
    try {
      return from.read(some);
    } catch (IOException e) {
      return -1;
    }
  }

  private Void requests(Socket client, Socket server, Future<?> answers) throws IOException {
    DataInputStream from = new DataInputStream(client.getInputStream());
    DataOutputStream to = new DataOutputStream(server.getOutputStream());
    try {
      to.write(message(from, new byte[0]));
      while (true) {
        byte[] letter = {from.readByte()};
        byte[] message = message(from, letter);
        if (commits != Commits.ANSWERED && isCommit(message)) {
          lose(client, server, message, from, answers);
          return null;
        }
        to.write(message);
      }
    } catch (EOFException e) {
      server.close();
    }
    return null;
  }

  /** A commit is several messages; the last one, S, has the server execute them. */
  private void lose(
      Socket client, Socket server, byte[] first, DataInputStream from, Future<?> answers)
      throws IOException {
    ByteArrayOutputStream commit = new ByteArrayOutputStream();
    commit.write(first);
    byte[] last = first;
    while (last[0] != 'S' && last[0] != 'Q') {
      last = message(from, new byte[] {from.readByte()});
      commit.write(last);
    }
    Commits how = commits;
    Held lost = new Held(server, commit.toByteArray(), answers);
    if (how == Commits.HELD) {
      held.add(lost);
    }
    client.close();
    if (how == Commits.UNANSWERED) {
      server.getOutputStream().write(lost.commit());
      server.shutdownOutput();
    }
  }

  private static byte[] message(DataInputStream from, byte[] letter) throws IOException {
    int length = from.readInt();
    byte[] message = new byte[letter.length + length];
    System.arraycopy(letter, 0, message, 0, letter.length);
    ByteBuffer.wrap(message).putInt(letter.length, length);
    from.readFully(message, letter.length + Integer.BYTES, length - Integer.BYTES);
    return message;
  }

  private static boolean isCommit(byte[] message) {
    return (message[0] == 'P' || message[0] == 'Q')
        && new String(message, StandardCharsets.ISO_8859_1).contains("COMMIT");
  }
}
