package org.etcdmirror.service.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The parts of HTTP/1.1 that a hostile server of v2 needs. */
final class Http1 {

  private static final String END = "\r\n\r\n";
  private static final int LARGEST_HEAD = 1 << 20;

  private Http1() {}

  /**
   * A request.
   *
   * @param head its first line and its headers, with the empty line behind them
   */
  record Request(String head, byte[] body) {

    String line() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    boolean waits() {
      return line().contains("wait=true");
    }
  }

  /** The next request of a connection; empty if the client is gone. */
  static Optional<Request> read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < END.length()) {
      int c = in.read();
      if (c < 0 || head.size() > LARGEST_HEAD) {
        return Optional.empty();
      }
      head.write(c);
      matched = c == END.charAt(matched) ? matched + 1 : c == '\r' ? 1 : 0;
    }
    String text = head.toString(ISO_8859_1);
    return Optional.of(new Request(text, in.readNBytes(contentLength(text))));
  }

  private static int contentLength(String head) {
    return Arrays.stream(head.split("\r\n", -1))
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElse(0);
  }

  /** The answer to one request. */
  @FunctionalInterface
  interface Answer {

    /** Writes the whole answer, head and body. */
    void write(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  /** Reads one request of each connection and answers it. */
  static HostileServer.Talk each(Answer answer) {
    return client -> {
      Optional<Request> request = read(new BufferedInputStream(client.getInputStream()));
      if (request.isPresent()) {
        answer.write(request.get(), client.getOutputStream());
        client.getOutputStream().flush();
      }
    };
  }

  /** Answers the requests of one kind, and has a real etcd answer all others. */
  static HostileServer.Talk meddling(URI etcd, Predicate<Request> with, Answer answer) {
    return each((request, out) -> {
      if (with.test(request)) {
        answer.write(request, out);
      } else {
        pass(etcd, request, out);
      }
    });
  }

  private static void pass(URI etcd, Request request, OutputStream out) throws IOException {
    try (Socket server = new Socket(etcd.getHost(), etcd.getPort())) {
      String head =
          request
              .head()
              .replaceAll("(?i)\r\nConnection:[^\r]*", "")
              .replaceFirst(END, "\r\nConnection: close" + END);
      server.getOutputStream().write(head.getBytes(ISO_8859_1));
      server.getOutputStream().write(request.body());
      server.getInputStream().transferTo(out);
    }
  }

  /** The head of an answer that a v2 client takes for etcd's. */
  static byte[] head(int status, String clusterId, String... more) {
    return ("HTTP/1.1 "
            + status
            + " OK\r\nContent-Type: application/json\r\n"
            + "X-Etcd-Cluster-Id: "
            + clusterId
            + "\r\nX-Etcd-Index: 7\r\n"
            + "X-Raft-Index: 7\r\nX-Raft-Term: 2\r\n"
            + String.join("", Arrays.stream(more).map(line -> line + "\r\n").toList())
            + "\r\n")
        .getBytes(ISO_8859_1);
  }

  /** One chunk of a chunked body. */
  static byte[] chunk(String text) {
    return (Integer.toHexString(text.length()) + "\r\n" + text + "\r\n").getBytes(ISO_8859_1);
  }
}
