package org.etcdmirror.pairings.matrix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection through a {@link V2Tap}, of which each direction ends by itself. */
final class V2TappedConnection {

  private static final Pattern LENGTH =
      Pattern.compile("content-length: *([0-9]+)", Pattern.CASE_INSENSITIVE);

  private final Socket mirror;
  private final Socket server;
  private final V2Requests requests;
  private final Function<Asked, Fate> fates;
  private final Consumer<V2TappedConnection> onEnd;
  private final AtomicInteger directions = new AtomicInteger(2);
  private volatile boolean watches;
  private volatile boolean losesAnswer;

  V2TappedConnection(
      Socket mirror,
      Socket server,
      V2Requests requests,
      Function<Asked, Fate> fates,
      Consumer<V2TappedConnection> onEnd) {
    this.mirror = mirror;
    this.server = server;
    this.requests = requests;
    this.fates = fates;
    this.onEnd = onEnd;
  }

  private interface Direction {
    void run() throws IOException;
  }

  void start() {
    V2Tap.start("v2-tap-requests", () -> run(this::passRequests));
    V2Tap.start("v2-tap-answers", () -> run(this::passAnswers));
  }

  private void run(Direction direction) {
    try {
      direction.run();
      if (directions.decrementAndGet() == 0) {
        cut();
      }
    } catch (IOException e) {
      cut();
    }
  }

  private void passRequests() throws IOException {
    InputStream in = new BufferedInputStream(mirror.getInputStream());
    for (String head = head(in); !head.isEmpty(); head = head(in)) {
      Matcher length = LENGTH.matcher(head);
      byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
      watches = V2Requests.isWatch(head);
      Fate fate = fates.apply(requests.request(head, new String(body, ISO_8859_1)));
      losesAnswer = fate == Fate.ANSWER_LOST;
      if (fate != Fate.DROPPED) {
        server.getOutputStream().write(head.getBytes(ISO_8859_1));
        server.getOutputStream().write(body);
      }
    }
    server.shutdownOutput();
  }

  /** Up to the empty line; empty at the end. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int lineEnds = 0;
    while (lineEnds < 2) {
      int c = in.read();
      if (c < 0) {
        return "";
      }
      head.write(c);
      lineEnds = c == '\n' ? lineEnds + 1 : c == '\r' ? lineEnds : 0;
    }
    return head.toString(ISO_8859_1);
  }

  private void passAnswers() throws IOException {
    byte[] buffer = new byte[1 << 16];
    InputStream in = server.getInputStream();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      boolean lost =
          losesAnswer
              || (watches
                  && fates.apply(requests.delivered(new String(buffer, 0, n, ISO_8859_1)))
                      != Fate.PASSED);
      if (lost) {
        cut();
        return;
      }
      mirror.getOutputStream().write(buffer, 0, n);
    }
    mirror.shutdownOutput();
  }

  /** Ends both sides. */
  void cut() {
    close(mirror);
    close(server);
    onEnd.accept(this);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It has ended all the same.
    }
  }
}
