package org.etcdmirror.service.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.service.attack.HostileServer.Talk;

/** Servers that do not behave as etcd, on each side of each kind of link. */
final class ServerAttacks {

  private static final String PAGE = "<html><body><h1>It works!</h1></body></html>\n";
  private static final int[] STATUSES = {401, 403, 404, 502};
  private static final String BLANKS = " ".repeat(8_192);
  private static final long GIBIBYTE = 1L << 30;
  private static final String MEBIBYTE = "a".repeat(1 << 20);

  private ServerAttacks() {}

  static List<Attack> all() {
    List<Attack> all = new ArrayList<>();
    for (Side side : Side.values()) {
      for (Kind kind : List.of(Kind.V2, Kind.V3)) {
        all.addAll(ofLines(kind, side));
      }
      all.addAll(ofHttp1(side));
      all.addAll(ofHttp2(side));
      for (Kind kind : List.of(Kind.V2_TLS, Kind.V3_TLS)) {
        all.addAll(ofTls(kind, side));
      }
    }
    return all;
  }

  private static Attack answering(Kind kind, Side side, String name, String what, Talk talk) {
    return Attack.of(
        kind,
        side.text() + "-" + name,
        what,
        stage -> {
          HostileServer server = new HostileServer(talk);
          AutoCloseable led = stage.lead(side, server.url());
          return () -> {
            led.close();
            server.close();
          };
        });
  }

  /** Keeps the connection open. */
  private static void hold() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  private static List<Attack> ofLines(Kind kind, Side side) {
    return List.of(
        answering(kind, side, "silent", "accepts and says nothing", client -> hold()),
        answering(
            kind,
            side,
            "garbage",
            "answers with random bytes without an end",
            client -> sendGarbage(client.getOutputStream())),
        Attack.of(
            kind,
            side.text() + "-resets",
            "resets each connection at once",
            stage -> {
              stage.line(side).refuse(true);
              stage.line(side).cutAll();
              return () -> stage.line(side).heal();
            }),
        Attack.of(
            kind,
            side.text() + "-refuses",
            "does not listen",
            stage -> {
              stage.line(side).listen(false);
              stage.line(side).cutAll();
              return () -> stage.line(side).listen(true);
            }),
        Attack.of(
            kind,
            side.text() + "-frozen",
            "stands still with its connections open",
            stage -> {
              if (side == Side.SINK) {
                stage.put(Side.SOURCE, Stage.PREFIX + "frozen", "now");
              }
              return stage.etcd(side).freeze();
            }));
  }

  private static void sendGarbage(OutputStream out) throws IOException {
    byte[] garbage = new byte[8_192];
    while (true) {
      ThreadLocalRandom.current().nextBytes(garbage);
      out.write(garbage);
    }
  }

  private static void drip(OutputStream out, String text) throws IOException, InterruptedException {
    for (byte one : text.getBytes(ISO_8859_1)) {
      out.write(one);
      out.flush();
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static Attack http1(Side side, String name, String what, Http1.Answer answer) {
    return answering(Kind.V2, side, name, what, Http1.each(answer));
  }

  private static List<Attack> ofHttp1(Side side) {
    AtomicInteger asked = new AtomicInteger();
    return List.of(
        http1(
            side,
            "html",
            "answers 200 with a page of HTML",
            (request, out) -> out.write(page(200))),
        http1(
            side,
            "error-pages",
            "answers 401, 403, 404 and 502 with pages of HTML, in turn",
            (request, out) -> out.write(page(STATUSES[asked.getAndIncrement() % STATUSES.length]))),
        http1(
            side,
            "endless",
            "answers with JSON that never ends",
            (request, out) -> {
              out.write(Http1.head(200, "1", "Transfer-Encoding: chunked"));
              out.write(Http1.chunk("{\"action\":\"get\",\"node\":{\"key\":\"/\",\"nodes\":["));
              while (true) {
                out.write(Http1.chunk(BLANKS));
              }
            }),
        http1(
            side,
            "gigabyte",
            "answers with a gigabyte of blanks",
            (request, out) -> {
              out.write(Http1.head(200, "1", "Content-Length: " + GIBIBYTE));
              for (long sent = 0; sent < GIBIBYTE; sent += BLANKS.length()) {
                out.write(BLANKS.getBytes(ISO_8859_1));
              }
            }),
        http1(
            side,
            "long-header",
            "answers with a header of a mebibyte",
            (request, out) ->
                out.write(Http1.head(200, "1", "X-Long: " + MEBIBYTE, "Content-Length: 0"))),
        http1(
            side,
            "drips",
            "answers one byte a second",
            (request, out) -> {
              if (asked.getAndIncrement() % 2 == 0) {
                out.write(Http1.head(200, "1", "Content-Length: 100000"));
              }
              drip(out, "HTTP/1.1 200 OK" + BLANKS);
            }));
  }

  private static byte[] page(int status) {
    return ("HTTP/1.1 "
            + status
            + " Page\r\nContent-Type: text/html\r\nConnection: close\r\n"
            + "Content-Length: "
            + PAGE.length()
            + "\r\n\r\n"
            + PAGE)
        .getBytes(ISO_8859_1);
  }

  private static Attack http2(Side side, String name, String what, Http2.Answer answer) {
    return answering(Kind.V3, side, name, what, Http2.each(answer));
  }

  private static List<Attack> ofHttp2(Side side) {
    AtomicInteger asked = new AtomicInteger();
    return List.of(
        http2(
            side,
            "html",
            "answers 200 with a page of HTML",
            (stream, http) -> page(stream, http, 200)),
        http2(
            side,
            "error-pages",
            "answers 401, 403, 404 and 502 with pages of HTML, in turn",
            (stream, http) ->
                page(stream, http, STATUSES[asked.getAndIncrement() % STATUSES.length])),
        answering(
            Kind.V3,
            side,
            "http1",
            "answers with a page of HTTP/1.1",
            client -> client.getOutputStream().write(page(200))),
        http2(
            side,
            "endless",
            "answers with a page that never ends",
            (stream, http) -> {
              http.headers(stream, ":status", "200", "content-type", "text/plain");
              http.data(stream, BLANKS.repeat(7).getBytes(ISO_8859_1), false);
            }),
        http2(
            side,
            "gigabyte",
            "answers with a message of a gigabyte",
            (stream, http) -> {
              http.headers(stream, ":status", "200", "content-type", "application/grpc");
              http.data(
                  stream, ByteBuffer.allocate(5).put((byte) 0).putInt(1 << 30).array(), false);
              http.data(stream, BLANKS.repeat(7).getBytes(ISO_8859_1), false);
            }),
        http2(
            side,
            "long-header",
            "answers with a header of a mebibyte",
            (stream, http) ->
                http.headers(
                    stream,
                    ":status",
                    "200",
                    "content-type",
                    "application/grpc",
                    "x-long",
                    MEBIBYTE)),
        http2(
            side,
            "drips",
            "answers one byte a second",
            (stream, http) -> {
              http.headers(stream, ":status", "200", "content-type", "application/grpc");
              http.data(
                  stream, ByteBuffer.allocate(5).put((byte) 0).putInt(100_000).array(), false);
              http.drip(stream);
            }),
        http2(
            side,
            "resets-streams",
            "refuses each call by a reset of its stream",
            (stream, http) ->
                http.reset(
                    stream,
                    asked.getAndIncrement() % 2 == 0
                        ? Http2.REFUSED_STREAM
                        : Http2.ENHANCE_YOUR_CALM)),
        http2(
            side,
            "goes-away",
            "says at each call that it goes away",
            (stream, http) -> {
              http.goAway(0, asked.getAndIncrement() % 2 == 0 ? 0 : Http2.ENHANCE_YOUR_CALM);
              throw new IOException("gone");
            }));
  }

  private static void page(int stream, Http2 http, int status) throws IOException {
    http.headers(stream, ":status", Integer.toString(status), "content-type", "text/html");
    http.data(stream, PAGE.getBytes(ISO_8859_1), true);
  }

  private static List<Attack> ofTls(Kind kind, Side side) {
    return List.of(
        answering(
            kind, side, "silent", "accepts and says nothing in the handshake", client -> hold()),
        answering(
            kind,
            side,
            "garbage",
            "answers the handshake with random bytes without an end",
            client -> sendGarbage(client.getOutputStream())),
        answering(
            kind,
            side,
            "plain",
            "speaks plain HTTP where TLS is asked for",
            client -> client.getOutputStream().write(page(400))));
  }
}
