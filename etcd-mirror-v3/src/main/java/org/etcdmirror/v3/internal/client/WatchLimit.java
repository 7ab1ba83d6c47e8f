package org.etcdmirror.v3.internal.client;

import org.jspecify.annotations.Nullable;

/**
 * The size limit of a watch's answer. Answers come in pieces of about 2 MiB. But what a server has
 * read before it says that a watch is created comes in one piece, up to a thousand revisions, which
 * may be more than there is memory. That is a matter of microseconds, so such a watch is ended and
 * opened again. A cluster whose pieces are all larger, because its {@code --max-request-bytes} is,
 * shows that by being refused each time: then the limit grows, up to a quarter of the heap. Where
 * that is too small again and again, it is final. Safe for use by many threads.
 */
public final class WatchLimit {

  private static final int FIRST = 8 << 20;
  private static final int REFUSALS = 4;

  /** So often the largest limit there can be is tried. */
  private static final int LAST_REFUSALS = 12;

  private static final int PARTS_OF_HEAP = 4;

  private final int most;

  private int bytes = FIRST;

  /** Since events came last. */
  private int refusals;

  WatchLimit() {
    this(Runtime.getRuntime().maxMemory());
  }

  /** Creates the limit for a heap of so many bytes. */
  WatchLimit(long heap) {
    most = (int) Math.max(FIRST, Math.min(Integer.MAX_VALUE, heap / PARTS_OF_HEAP));
  }

  /** The most that may come now. */
  synchronized int bytes() {
    return bytes;
  }

  /** Events came. */
  public synchronized void kept() {
    refusals = 0;
  }

  /**
   * Events were refused, being too large.
   *
   * @return why no other attempt is worth it; null if one is
   */
  public synchronized @Nullable String exceeded() {
    refusals++;
    if (refusals >= REFUSALS && bytes < most) {
      refusals = 0;
      bytes = bytes > most / 2 ? most : bytes * 2;
    }
    return refusals < LAST_REFUSALS
        ? null
        : "an answer of the source's watch is too large: more than %d bytes, which does not fit into a heap of %d MiB; start the program with a larger heap (-Xmx), at least four times the source's --max-request-bytes"
            .formatted(bytes, ((long) bytes * PARTS_OF_HEAP) >> 20);
  }
}
