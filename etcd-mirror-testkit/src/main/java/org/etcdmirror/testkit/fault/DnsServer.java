package org.etcdmirror.testkit.fault;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A DNS server on loopback that answers questions for SRV records with what a test tells it. */
public final class DnsServer implements AutoCloseable {

  private static final int SRV = 33;
  private static final int SERVER_FAILURE = 2;
  private static final int NO_SUCH_NAME = 3;
  private static final int HEADER = 12;

  private final DatagramSocket socket;
  private final Map<String, List<String>> records = new ConcurrentHashMap<>();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private final AtomicInteger questions = new AtomicInteger();
  private volatile boolean silent;

  private DnsServer(DatagramSocket socket) {
    this.socket = socket;
  }

  /** Starts a server that knows no name. */
  public static DnsServer start() throws IOException {
    DnsServer server =
        new DnsServer(
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    Thread thread = new Thread(server::serve, "test-dns");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  /** The address, as {@code HOST:PORT}. */
  public String address() {
    return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
  }

  /** A name has these records from now on, each as {@code PRIORITY WEIGHT PORT TARGET}. */
  public void srv(String name, String... all) {
    records.put(name.toLowerCase(Locale.ROOT), List.of(all));
    failing.remove(name.toLowerCase(Locale.ROOT));
  }

  /** The server cannot answer for this name, until it has records. */
  public void fails(String name) {
    failing.add(name.toLowerCase(Locale.ROOT));
  }

  /** Answers nothing, or again. */
  public void silent(boolean now) {
    silent = now;
  }

  /** How many questions came. */
  public int questions() {
    return questions.get();
  }

  private void serve() {
    byte[] buffer = new byte[1500];
    while (!socket.isClosed()) {
      DatagramPacket question = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(question);
        questions.incrementAndGet();
        if (!silent) {
          byte[] answer = answer(Arrays.copyOf(question.getData(), question.getLength()));
          socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
        }
      } catch (IOException closed) {
        // The next turn ends, unless one answer alone was lost.
      }
    }
  }

  private byte[] answer(byte[] question) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(question);
    in.position(HEADER);
    StringBuilder name = new StringBuilder();
    for (int length = in.get(); length > 0; length = in.get()) {
      byte[] label = new byte[length];
      in.get(label);
      name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
    }
    int type = in.getShort();
    int end = in.position() + Short.BYTES;
    String asked = name.toString().toLowerCase(Locale.ROOT);
    List<String> known = failing.contains(asked) ? null : records.get(asked);
    List<String> answers = known == null || type != SRV ? List.of() : known;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(question, 0, 2);
    // An authoritative answer.
    int unknown = failing.contains(asked) ? SERVER_FAILURE : NO_SUCH_NAME;
    out.writeShort(0x8580 | (known == null ? unknown : 0));
    out.writeShort(1);
    out.writeShort(answers.size());
    out.writeInt(0);
    out.write(question, HEADER, end - HEADER);
    for (String answer : answers) {
      write(out, answer);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, String record) throws IOException {
    String[] fields = record.split(" ", -1);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    DataOutputStream of = new DataOutputStream(data);
    for (int i = 0; i < 3; i++) {
      of.writeShort(Integer.parseInt(fields[i]));
    }
    for (String label : fields[3].split("\\.", -1)) {
      of.writeByte(label.length());
      of.write(label.getBytes(StandardCharsets.US_ASCII));
    }
    of.writeByte(0);
    // The name of the question, by a pointer to it.
    out.writeShort(0xc000 | HEADER);
    out.writeShort(SRV);
    out.writeShort(1);
    out.writeInt(0);
    out.writeShort(data.size());
    out.write(data.toByteArray());
  }

  @Override
  public void close() {
    socket.close();
  }
}
