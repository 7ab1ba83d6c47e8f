package org.etcdmirror.service.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Hand-written HTTP/2 frames: no library sends the frames of a hostile server. */
final class Http2 {

  private static final int PREFACE = 24;
  private static final int LARGEST_FRAME = 16_384;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;

  /** Error codes of RFC 9113. */
  static final int REFUSED_STREAM = 7;

  static final int ENHANCE_YOUR_CALM = 11;

  private final OutputStream out;

  private Http2(OutputStream out) {
    this.out = out;
  }

  /** Handles each request. */
  @FunctionalInterface
  interface Answer {
    void to(int stream, Http2 http) throws IOException, InterruptedException;
  }

  /** Greets as a server does and gives each request to an answer. */
  static HostileServer.Talk each(Answer answer) {
    return client -> {
      DataInputStream in = new DataInputStream(client.getInputStream());
      Http2 http = new Http2(client.getOutputStream());
      http.frame(SETTINGS, 0, 0, new byte[0]);
      in.readFully(new byte[PREFACE]);
      while (true) {
        byte[] head = new byte[9];
        in.readFully(head);
        ByteBuffer fields = ByteBuffer.wrap(head);
        int length = (fields.get() & 0xff) << 16 | (fields.getShort() & 0xffff);
        int type = fields.get();
        int flags = fields.get();
        int stream = fields.getInt();
        byte[] body = new byte[length];
        in.readFully(body);
        if (type == HEADERS) {
          answer.to(stream, http);
        } else if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
          http.frame(type, ACK, 0, type == PING ? body : new byte[0]);
        }
      }
    };
  }

  /** Headers, as pairs of name and value, in as many frames as they need. */
  void headers(int stream, String... pairs) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < pairs.length; i++) {
      if (i % 2 == 0) {
        block.write(0);
      }
      length(block, pairs[i].length());
      block.write(pairs[i].getBytes(ISO_8859_1));
    }
    byte[] all = block.toByteArray();
    for (int from = 0; from < all.length; from += LARGEST_FRAME) {
      int to = Math.min(all.length, from + LARGEST_FRAME);
      frame(
          from == 0 ? HEADERS : CONTINUATION,
          to == all.length ? END_HEADERS : 0,
          stream,
          Arrays.copyOfRange(all, from, to));
    }
  }

  /** An integer of HPACK with a prefix of seven bits. */
  private static void length(ByteArrayOutputStream block, int value) {
    if (value < 127) {
      block.write(value);
      return;
    }
    block.write(127);
    int rest = value - 127;
    while (rest >= 128) {
      block.write(rest % 128 + 128);
      rest /= 128;
    }
    block.write(rest);
  }

  void data(int stream, byte[] bytes, boolean last) throws IOException {
    for (int from = 0; from == 0 || from < bytes.length; from += LARGEST_FRAME) {
      int to = Math.min(bytes.length, from + LARGEST_FRAME);
      frame(DATA, last && to == bytes.length ? 1 : 0, stream, Arrays.copyOfRange(bytes, from, to));
    }
  }

  /** Sends one byte a second beside everything else, for as long as the client stays. */
  void drip(int stream) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  data(stream, new byte[1], false);
                  TimeUnit.SECONDS.sleep(1);
                }
              } catch (IOException | InterruptedException gone) {
                // The client has had enough.
              }
            },
            "drip");
    thread.setDaemon(true);
    thread.start();
  }

  void reset(int stream, int code) throws IOException {
    frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(code).array());
  }

  void goAway(int lastStream, int code) throws IOException {
    frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(code).array());
  }

  private synchronized void frame(int type, int flags, int stream, byte[] body) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + body.length);
    frame.put((byte) (body.length >> 16)).putShort((short) body.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(body);
    out.write(frame.array());
    out.flush();
  }
}
