package org.etcdmirror.benchmarks.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection to a v2 server. Requests may be sent before earlier ones are answered; answers
 * come in the order of the requests. One thread may send while another one reads.
 */
public final class V2Connection implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final Socket socket;
  private final String host;
  private final InputStream in;
  private final OutputStream out;

  /** Connects to a server, {@code http://HOST:PORT}. */
  public V2Connection(URI server) throws IOException {
    this.socket = new Socket();
    this.host = server.getAuthority();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
    this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param index the {@code X-Etcd-Index} header; 0 if there was none
   * @param body the body
   */
  public record Answer(int status, long index, String body) {

    Answer orFailure(String request) throws IOException {
      if (status > 299) {
        throw new IOException("%s: status %d: %s".formatted(request, status, body));
      }
      return this;
    }
  }

  /** Sends a GET at once; the query begins with a question mark, or is empty. */
  public void get(String key, String query) throws IOException {
    send("GET", key + query, "");
    out.flush();
  }

  /** Reads and waits for the answer. */
  public Answer read(String key, String query) throws IOException {
    get(key, query);
    return answer();
  }

  /** Sets a key to a text of plain letters; {@link #flush()} sends it. */
  public void put(String key, String value) throws IOException {
    send("PUT", key + "?noValueOnSuccess=true", "value=" + value);
  }

  /** Sets a key and waits for the answer. */
  public void write(String key, String value) throws IOException {
    put(key, value);
    flush();
    succeed("PUT " + key);
  }

  /** Sends a DELETE; {@link #flush()} sends it. */
  public void delete(String key) throws IOException {
    send("DELETE", key, "");
  }

  /** Sends what is in the buffer. */
  public void flush() throws IOException {
    out.flush();
  }

  /** Reads the next answer, and throws if it is a failure. */
  public Answer succeed(String request) throws IOException {
    return answer().orFailure(request);
  }

  private void send(String method, String target, String form) throws IOException {
    String request =
        "%s /v2/keys%s HTTP/1.1\r\nHost: %s\r\n".formatted(method, target, host)
            + "Content-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: %d\r\n\r\n%s".formatted(form.length(), form);
    out.write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private Answer answer() throws IOException {
    Head head = head();
    byte[] body = head.chunked ? chunks() : in.readNBytes(head.length);
    return new Answer(head.status, head.index, new String(body, StandardCharsets.UTF_8));
  }

  /** Reads the head of the answer to a watch with {@code stream=true}; {@link #piece} follows. */
  public long streamIndex() throws IOException {
    Head head = head();
    if (head.status != 200) {
      throw new IOException("watch: status " + head.status);
    }
    return head.index;
  }

  /** The next piece of a stream: one event, if the server was not in the middle of one. */
  public String piece() throws IOException {
    byte[] piece = chunk();
    if (piece.length == 0) {
      throw new EOFException("the server ended the watch");
    }
    return new String(piece, StandardCharsets.UTF_8);
  }

  private record Head(int status, long index, boolean chunked, int length) {}

  private Head head() throws IOException {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    long index = 0;
    int length = 0;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      int colon = header.indexOf(':');
      String value = header.substring(colon + 1).trim();
      switch (header.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "x-etcd-index" -> index = Long.parseLong(value);
        case "content-length" -> length = Integer.parseInt(value);
        case "transfer-encoding" -> chunked = value.equals("chunked");
        default -> {}
      }
    }
    return new Head(status, index, chunked, length);
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
      body.write(chunk);
    }
    return body.toByteArray();
  }

  private byte[] chunk() throws IOException {
    byte[] chunk = in.readNBytes(Integer.parseInt(line(), 16));
    line();
    return chunk;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Closes it; harmless when repeated. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
