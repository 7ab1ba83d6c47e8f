package org.etcdmirror.kafka.internal.sort;

import java.util.Comparator;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.jspecify.annotations.Nullable;

/**
 * A record of a topic that is asked for.
 *
 * @param group what was asked for comes in groups, one after the other
 * @param key the key
 * @param number the later of two records of a key has the larger one
 * @param put what the key holds; null if it is gone
 */
public record Found(int group, Bytes key, long number, @Nullable Put put) {

  static final Comparator<Found> ORDER =
      Comparator.comparingInt(Found::group)
          .thenComparing(Found::key)
          .thenComparingLong(Found::number);

  private static final int FIXED_BYTES = 200;

  /** About how much memory this takes. */
  long weight() {
    return FIXED_BYTES + 2L * key.size() + (put == null ? 0 : put.value().size());
  }
}
