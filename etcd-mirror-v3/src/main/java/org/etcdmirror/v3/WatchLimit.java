package org.etcdmirror.v3;

/**
 * How large an answer of a watch may be. Answers come in pieces of about 2 MiB. But what a server
 * has read before it says that a watch is created comes in one piece, up to a thousand revisions,
 * which may be more than there is memory. That is a matter of microseconds, so such a watch is
 * ended and opened again. A cluster whose pieces are all larger, because its {@code
 * --max-request-bytes} is, shows that by being refused each time: then the limit grows. Safe for
 * use by many threads.
 */
final class WatchLimit {

  private static final int FIRST = 8 << 20;
  private static final int REFUSALS = 4;

  private int bytes = FIRST;

  /** Since events came last. */
  private int refusals;

  /** The most that may come now. */
  synchronized int bytes() {
    return bytes;
  }

  /** Events came. */
  synchronized void kept() {
    refusals = 0;
  }

  /** Events were refused, being too large. */
  synchronized void exceeded() {
    refusals++;
    if (refusals >= REFUSALS) {
      refusals = 0;
      bytes = bytes > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : bytes * 2;
    }
  }
}
