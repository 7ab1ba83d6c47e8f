package org.etcdmirror.jdbcsink;

import java.util.Arrays;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/** Where the keys of a prefix end. */
final class KeyRange {

  private KeyRange() {}

  /** The first key behind all that begin with the prefix; null if there is none. */
  static byte @Nullable [] endOf(Bytes prefix) {
    byte[] end = prefix.toByteArray();
    for (int last = end.length - 1; last >= 0; last--) {
      if (end[last] != (byte) 0xff) {
        end[last]++;
        return Arrays.copyOf(end, last + 1);
      }
    }
    return null;
  }
}
