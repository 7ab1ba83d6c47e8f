package org.etcdmirror.v3.internal.client;

import org.jspecify.annotations.Nullable;

/**
 * How a watch is to be asked for: with answers that come whole, or in pieces.
 *
 * <p>A server cuts an answer into pieces of about 2 MiB if it is asked to. etcd 3.4 and 3.5 compute
 * the size of the whole piece again for each event of it: 31 s for 88,000 small events, and 1.2 s
 * without pieces. So a watch begins with whole answers, up to a part of the heap. An answer that is
 * larger ends the watch unread, and the next one is asked for in pieces, until events come.
 *
 * <p>A connection may never last as long as a whole answer takes. So where a watch was created and
 * its connection was lost before any event came, the next one is asked for in the other form.
 *
 * <p>A cluster whose pieces are all larger, because its {@code --max-request-bytes} is, shows that
 * by being refused each time: then the limit of a piece grows, up to a quarter of the heap. What a
 * server has read before it says that a watch is created is never cut. That is a matter of
 * microseconds, so such a watch is ended and opened again. Where the largest limit is too small
 * again and again, it is final. Safe for use by many threads.
 */
public final class WatchLimit {

  /** Larger than a piece by default: 1.5 MiB of a request and 512 KiB. */
  private static final int FIRST_PIECE = 8 << 20;

  private static final int LEAST_WHOLE = 2 << 20;
  private static final int MOST_WHOLE = 16 << 20;

  /** Small events take four times as much memory, and an answer waits while another is applied. */
  private static final int WHOLE_PARTS_OF_HEAP = 32;

  private static final int REFUSALS = 4;

  /** So often the largest limit there can be is tried. */
  private static final int LAST_REFUSALS = 12;

  private static final int PARTS_OF_HEAP = 4;

  /**
   * How one watch is asked for.
   *
   * @param inPieces whether the server may cut its answers
   * @param bytes the most that an answer, or a piece of one, may have
   */
  public record Form(boolean inPieces, int bytes) {}

  private final int mostOfPiece;
  private final int whole;

  private int piece = FIRST_PIECE;

  private boolean inPieces;

  /** Since events came last. */
  private int refusals;

  WatchLimit() {
    this(Runtime.getRuntime().maxMemory());
  }

  /** Creates the limit for a heap of so many bytes. */
  WatchLimit(long heap) {
    mostOfPiece = (int) Math.max(FIRST_PIECE, Math.min(Integer.MAX_VALUE, heap / PARTS_OF_HEAP));
    whole = (int) Math.max(LEAST_WHOLE, Math.min(MOST_WHOLE, heap / WHOLE_PARTS_OF_HEAP));
  }

  /** How to ask for the next watch. */
  synchronized Form next() {
    return inPieces ? new Form(true, piece) : new Form(false, whole);
  }

  /** How to ask for a watch whose answers are expected to have so many bytes. */
  Form expecting(int bytes) {
    return new Form(bytes > whole, bytes);
  }

  /** Events came. */
  public synchronized void kept() {
    inPieces = false;
    refusals = 0;
  }

  /** The connection of a watch was lost after the watch was created, and before events came. */
  public synchronized void lost(Form form) {
    inPieces = !form.inPieces();
  }

  /**
   * Events were refused, being too large.
   *
   * @param form how the watch was asked for
   * @return why no other attempt is worth it; null if one is
   */
  public synchronized @Nullable String exceeded(Form form) {
    if (!form.inPieces()) {
      inPieces = true;
      return null;
    }
    refusals++;
    if (refusals >= REFUSALS && piece < mostOfPiece) {
      refusals = 0;
      piece = piece > mostOfPiece / 2 ? mostOfPiece : piece * 2;
    }
    return refusals < LAST_REFUSALS
        ? null
        : "an answer of the source's watch is too large: more than %d bytes, which does not fit into a heap of %d MiB; start the program with a larger heap (-Xmx), at least four times the source's --max-request-bytes"
            .formatted(piece, ((long) piece * PARTS_OF_HEAP) >> 20);
  }
}
