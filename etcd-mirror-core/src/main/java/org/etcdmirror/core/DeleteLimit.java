package org.etcdmirror.core;

import java.math.BigDecimal;

/**
 * Limits how much a resync may delete without approval. Above it a running mirror becomes {@link
 * MirrorState#BLOCKED}, and {@link EtcdMirror#syncOnce} fails. Before that the mirror reads the
 * source twice, the second time from another member if there is one. It has deleted nothing by
 * then.
 *
 * <p>The first copy into a sink asks about any delete, unless {@link EtcdMirrorBuilder#deleteLimit}
 * was called: such a limit approves deletes up to it in advance. Deletes of keys that are known to
 * have had a time to live do not count, if the source is proven to be the same and still holds a
 * value.
 *
 * <p>It applies only to resyncs. A delete that arrives as an event is applied like any other event,
 * however many keys it deletes.
 *
 * @param keys a resync may always delete this many keys
 * @param percent a resync may always delete this share of the sink's entries, 0 to 100
 * @param allowEmptySource whether everything may be deleted because the source holds nothing
 */
public record DeleteLimit(long keys, double percent, boolean allowEmptySource) {

  /** More than 100 keys and more than 10 percent, or an empty source. */
  public static final DeleteLimit DEFAULT = new DeleteLimit(100, 10, false);

  /** Refuses numbers out of range. */
  public DeleteLimit {
    if (keys < 0) {
      throw new IllegalArgumentException("keys must not be negative: " + keys);
    }
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent must be 0 to 100: " + percent);
    }
  }

  /** At most this many keys, whatever their share. */
  public static DeleteLimit keys(long keys) {
    return new DeleteLimit(keys, 0, true);
  }

  /** At most this share of the sink's entries, however many. */
  public static DeleteLimit percent(double percent) {
    return new DeleteLimit(0, percent, true);
  }

  /**
   * {@code 500} or {@code 25%}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static DeleteLimit parse(String text) {
    try {
      return text.endsWith("%")
          ? percent(Double.parseDouble(text.substring(0, text.length() - 1)))
          : keys(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither a number of keys nor a percentage; write 500 or 25%", e);
    }
  }

  /**
   * Whether a resync needs approval for so many deletes.
   *
   * @param sinkEntries how many entries of this mirror the sink holds
   * @param sourceEmpty whether the source holds none
   */
  public boolean refuses(long deletes, long sinkEntries, boolean sourceEmpty) {
    if (deletes == 0) {
      return false;
    }
    if (sourceEmpty && !allowEmptySource) {
      return true;
    }
    return deletes > keys && deletes * 100.0 > percent * sinkEntries;
  }

  @Override
  public String toString() {
    String share = BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString() + "%";
    if (keys > 0 && percent > 0) {
      return keys + " keys and " + share;
    }
    return percent > 0 ? share : keys + " keys";
  }
}
