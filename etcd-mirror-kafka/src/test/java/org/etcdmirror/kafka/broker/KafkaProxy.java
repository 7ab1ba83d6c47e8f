package org.etcdmirror.kafka.broker;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.kafka.KafkaSink;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a broker, and knows one request from another. A connection whose
 * request is held back is cut, as if the network had failed.
 */
public final class KafkaProxy implements AutoCloseable {

  /** What happens to requests. */
  public enum Mode {
    /** All pass. */
    PASS,
    /** Those that write are held back. */
    HOLD_WRITES,
    /** Those that end a transaction are executed, and their answer is lost. */
    LOSE_ANSWERS_OF_COMMITS,
    /** Those that end a transaction are lost, also when a client sends them again later. */
    LOSE_COMMITS
  }

  private static final int PRODUCE = 0;
  private static final int ADD_PARTITIONS_TO_TXN = 24;
  private static final int END_TXN = 26;
  private static final Set<Integer> WRITES = Set.of(PRODUCE, ADD_PARTITIONS_TO_TXN, END_TXN);
  private static final int CORRELATION_AT = 4;

  /** How often a proxy looks whether it was closed. */
  private static final int LOOK_MILLIS = 50;

  private final KafkaBroker broker;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<byte[]> held = new ArrayList<>();
  private final AtomicInteger lost = new AtomicInteger();

  /** A client may send a request again after it has told its caller that it failed. */
  private final Set<ByteBuffer> lostRequests = ConcurrentHashMap.newKeySet();

  private volatile Mode mode = Mode.PASS;
  private volatile boolean closed;
  private @Nullable Thread acceptor;

  private KafkaProxy(KafkaBroker broker, ServerSocket listener) {
    this.broker = broker;
    this.listener = listener;
  }

  /** Starts a proxy; a broker has one at a time. */
  public static KafkaProxy start(KafkaBroker broker) throws IOException {
    ServerSocket listener = broker.proxyListener();
    listener.setSoTimeout(LOOK_MILLIS);
    KafkaProxy proxy = new KafkaProxy(broker, listener);
    proxy.acceptor = daemon(proxy::accept, "kafka-proxy");
    return proxy;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** From now on. */
  public void mode(Mode wanted) {
    mode = wanted;
  }

  /** How many requests or answers were lost. */
  public int lost() {
    return lost.get();
  }

  /**
   * Settings of a sink behind this proxy. It gives up a record that is held back after three
   * seconds. A busy broker may refuse records for some time, because it still ends the transaction
   * before, and Kafka's producer counts that as one of its attempts.
   */
  public KafkaSink.Builder sink(String topic) {
    return KafkaSink.builder()
        .brokers("127.0.0.1:" + broker.proxyPort())
        .topic(topic)
        .setting("retries", "4")
        .setting("retry.backoff.ms", "250");
  }

  /** Sends what was held back, each on a connection of its own, and waits for the answers. */
  public int executeHeld() throws IOException {
    List<byte[]> all;
    synchronized (held) {
      all = List.copyOf(held);
      held.clear();
    }
    for (byte[] request : all) {
      try (Socket socket = connect()) {
        socket.setSoTimeout(30_000);
        write(socket, request);
        readFrame(new DataInputStream(socket.getInputStream()));
      } catch (EOFException | SocketException e) {
        // The broker closes the connection of a request that it refuses as a whole.
      }
    }
    return all.size();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), broker.behindProxyPort());
  }

  private void accept() {
    try {
      while (!closed) {
        Socket client = nextClient();
        if (client == null) {
          continue;
        }
        open.add(client);
        Socket server = connect();
        open.add(server);
        Set<Integer> unanswered = ConcurrentHashMap.newKeySet();
        daemon(() -> requests(client, server, unanswered), "kafka-proxy-requests");
        daemon(() -> answers(server, client, unanswered), "kafka-proxy-answers");
      }
    } catch (IOException e) {
      // The broker was closed.
    }
  }

  private @Nullable Socket nextClient() throws IOException {
    try {
      return listener.accept();
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  private void requests(Socket client, Socket server, Set<Integer> unanswered) {
    try (client;
        server) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      while (true) {
        byte[] request = readFrame(in);
        int kind = (request[0] & 0xff) << 8 | request[1] & 0xff;
        Mode now = mode;
        if (now == Mode.HOLD_WRITES && WRITES.contains(kind)) {
          synchronized (held) {
            held.add(request);
          }
          return;
        }
        if (kind == END_TXN
            && (now == Mode.LOSE_COMMITS || lostRequests.contains(contentOf(request)))) {
          lostRequests.add(contentOf(request));
          lost.incrementAndGet();
          return;
        }
        if (now == Mode.LOSE_ANSWERS_OF_COMMITS && kind == END_TXN) {
          unanswered.add(number(request, CORRELATION_AT));
        }
        write(server, request);
      }
    } catch (IOException e) {
      // One side has ended.
    }
  }

  private void answers(Socket server, Socket client, Set<Integer> unanswered) {
    try (client;
        server) {
      DataInputStream in = new DataInputStream(server.getInputStream());
      while (true) {
        byte[] answer = readFrame(in);
        if (unanswered.contains(number(answer, 0))) {
          lost.incrementAndGet();
          return;
        }
        write(client, answer);
      }
    } catch (IOException e) {
      // One side has ended.
    }
  }

  /** What is the same when a request is sent again: all but its number. */
  private static ByteBuffer contentOf(byte[] request) {
    return ByteBuffer.wrap(request.clone()).putInt(CORRELATION_AT, 0);
  }

  private static int number(byte[] frame, int at) {
    return ByteBuffer.wrap(frame).getInt(at);
  }

  private static byte[] readFrame(DataInputStream in) throws IOException {
    byte[] frame = new byte[in.readInt()];
    in.readFully(frame);
    return frame;
  }

  private static void write(Socket to, byte[] frame) throws IOException {
    DataOutputStream out = new DataOutputStream(to.getOutputStream());
    byte[] whole = new byte[frame.length + Integer.BYTES];
    ByteBuffer.wrap(whole).putInt(frame.length).put(frame);
    out.write(whole);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    join();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void join() {
    try {
      if (acceptor != null) {
        acceptor.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
