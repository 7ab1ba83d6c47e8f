package org.etcdmirror.v3.internal.watch;

/**
 * How a stretch of history is cut into stripes. A stripe is as long as one answer of the server
 * reaches, so that a single round of the server sends all stripes.
 *
 * @param index the revision before the first stripe
 * @param length the revisions of a stripe
 * @param count the number of stripes; 0 if one watch does as well
 * @param mostWireBytes the most bytes that a stripe may be sent
 * @param bytesEach the memory that a stripe may take
 */
record StripePlan(long index, long length, int count, int mostWireBytes, long bytesEach) {

  /** Fewer do not repay the opening of another watch behind them. */
  static final int FEWEST = 3;

  private static final int LEAST_BYTES = 64 << 10;

  /** Sizes vary: a stripe may be so many times as large as the last answer. */
  private static final int SPARE = 2;

  /**
   * The plan for what is left between an index and the head.
   *
   * @param pace of the history up to the index; without a full answer nothing is known of it
   */
  static StripePlan of(StripeLimits limits, HistoryPace pace, long index) {
    if (pace.fullAnswers() == 0) {
      return new StripePlan(index, 1, 0, LEAST_BYTES, LEAST_BYTES);
    }
    long length = length(limits.revisions(), pace.span());
    long left = (pace.head() - index - rest(limits.revisions(), pace.span(), length)) / length;
    int count = (int) Math.max(0, Math.min(limits.watches(), left));
    long wire = Math.min(Integer.MAX_VALUE, Math.max(LEAST_BYTES, SPARE * pace.wireBytes()));
    long each = Math.max(LEAST_BYTES, SPARE * pace.bytes());
    return new StripePlan(index, length, count < FEWEST ? 0 : count, (int) wire, each);
  }

  /** One revision of the answer is the one before the stripe. A sparse range varies. */
  private static long length(int round, long span) {
    return Math.max(1, span == round ? round - 1 : span - span / 8);
  }

  /** In a sparse range the last stripe needs an event behind it. */
  private static long rest(int round, long span, long length) {
    return span == round ? 0 : length;
  }

  StripePlan withCount(int stripes) {
    return new StripePlan(index, length, stripes, mostWireBytes, bytesEach);
  }

  /** The first revision of a stripe. */
  long start(int stripe) {
    return index + 1 + stripe * length;
  }

  /** The last revision of all stripes. */
  long last() {
    return start(count) - 1;
  }
}
