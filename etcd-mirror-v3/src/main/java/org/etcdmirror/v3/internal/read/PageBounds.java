package org.etcdmirror.v3.internal.read;

import com.google.protobuf.ByteString;
import java.util.List;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KeyValue;

/**
 * Bounds each request for a page by a prefix of its first key. For each page, etcd walks through
 * the index of all keys up to the end of the requested range (etcd 3.4 to 3.6), so that a long
 * range costs the square of its keys. The prefix is as long as what the keys of the last full page
 * have in common. For one thread.
 */
final class PageBounds {

  /** Keys with large values make small pages. Their index is small, too. */
  private static final int FEW_KEYS = 256;

  /** The length of the prefix; 0 for no bound. */
  private int length;

  /** So many bytes less if the next page is not full either. */
  private int less = 1;

  /** A page was full: more keys follow. */
  void full(List<KeyValue> page) {
    less = 1;
    length =
        page.size() < FEW_KEYS
            ? 0
            : common(page.get(0).getKey(), page.get(page.size() - 1).getKey());
  }

  /** A request had few keys up to its bound, so the next bound is to lie further away. */
  void tooNarrow() {
    length = Math.max(0, length - less);
    less *= 2;
  }

  /** The part of a range that is to be read first: all of it if no bound lies inside it. */
  KeyRange next(KeyRange range) {
    ByteString from = range.from();
    ByteString prefix = from.substring(0, Math.min(length, from.size()));
    ByteString end = KeyRange.of(Wire.bytes(prefix)).end();
    return end.equals(KeyRange.TO_THE_END) || end.equals(from) || !range.contains(end)
        ? range
        : new KeyRange(from, end);
  }

  private static int common(ByteString one, ByteString other) {
    int most = Math.min(one.size(), other.size());
    int same = 0;
    while (same < most && one.byteAt(same) == other.byteAt(same)) {
      same++;
    }
    return same;
  }
}
