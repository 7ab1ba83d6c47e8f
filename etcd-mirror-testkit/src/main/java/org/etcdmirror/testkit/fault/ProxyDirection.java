package org.etcdmirror.testkit.fault;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * One direction of a connection through a {@link FaultProxy}. One thread reads and another writes,
 * so that a delay costs latency but no throughput. The end of what is sent, a half-close, passes
 * like any other piece.
 */
final class ProxyDirection {

  /** No other piece is empty: a read waits for at least one byte. */
  private static final byte[] END = new byte[0];

  /** The time by which a sender may be ahead of the line, so that late timers cost no bandwidth. */
  private static final long AHEAD_NANOS = 5_000_000;

  private final Faults faults;
  private final ProxyLine line;
  private final Socket from;
  private final Socket to;
  private final long limit;
  private final DelayLine underWay = new DelayLine();

  /**
   * For one direction.
   *
   * @param limit after how many bytes the connection ends; {@link Faults#NO_LIMIT} for never
   */
  ProxyDirection(Faults faults, ProxyLine line, Socket from, Socket to, long limit) {
    this.faults = faults;
    this.line = line;
    this.from = from;
    this.to = to;
    this.limit = limit;
  }

  /** Takes what is sent as fast as the line does. */
  void read() throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    long lastDue = System.nanoTime();
    while (true) {
      byte[] buffer = new byte[faults.link.piece()];
      int n = in.read(buffer);
      LinkLimits link = faults.link;
      byte[] bytes = n < 0 ? END : n == buffer.length ? buffer : Arrays.copyOf(buffer, n);
      long through = line.send(bytes.length, link);
      long due = through + link.delay().toNanos() + jitter(link);
      lastDue = due - lastDue > 0 ? due : lastDue;
      underWay.put(new DelayLine.Piece(bytes, lastDue), link.mostUnderWay());
      if (n < 0) {
        return;
      }
      awaitTime(through - AHEAD_NANOS);
    }
  }

  private static long jitter(LinkLimits link) {
    long most = link.jitter().toNanos();
    return most == 0 ? 0 : ThreadLocalRandom.current().nextLong(most + 1);
  }

  /** Hands on what has arrived; returns whether it came to the end, and not to the limit. */
  boolean write() throws IOException, InterruptedException {
    long written = 0;
    while (true) {
      DelayLine.Piece piece = underWay.first();
      awaitTime(piece.due);
      faults.awaitFlow();
      if (piece.bytes.length == 0) {
        to.shutdownOutput();
        return true;
      }
      int length = piece.bytes.length;
      if (limit != Faults.NO_LIMIT && written + length >= limit) {
        to.getOutputStream().write(piece.bytes, 0, (int) (limit - written));
        return false;
      }
      to.getOutputStream().write(piece.bytes);
      written += length;
      underWay.removeFirst();
    }
  }

  private static void awaitTime(long due) throws InterruptedException {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
