package org.etcdmirror.testkit.fault;

import java.util.ArrayDeque;
import java.util.Deque;

/** Bytes in flight in one direction of one connection, in the order in which it was sent. */
final class DelayLine {

  /** Bytes of one read, and the nanoTime before which they must not be written. */
  static final class Piece {
    final byte[] bytes;
    final long due;

    Piece(byte[] bytes, long due) {
      this.bytes = bytes;
      this.due = due;
    }
  }

  private final Deque<Piece> pieces = new ArrayDeque<>();
  private long bytes;

  /** Waits while more than {@code most} bytes are under way, then adds this piece. */
  synchronized void put(Piece piece, long most) throws InterruptedException {
    while (bytes > 0 && bytes + piece.bytes.length > most) {
      wait();
    }
    pieces.add(piece);
    bytes += piece.bytes.length;
    notifyAll();
  }

  /** The oldest piece, which stays under way until it is removed. */
  synchronized Piece first() throws InterruptedException {
    while (pieces.isEmpty()) {
      wait();
    }
    return pieces.element();
  }

  /** The oldest piece has arrived. */
  synchronized void removeFirst() {
    bytes -= pieces.remove().bytes.length;
    notifyAll();
  }
}
