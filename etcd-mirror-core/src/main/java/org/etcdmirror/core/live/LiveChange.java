package org.etcdmirror.core.live;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The change of one key between two states of a {@link LiveMap}. One of the values is not null.
 *
 * @param key the key
 * @param before the value before; null if the key was absent
 * @param after the value now; null if the key is absent
 */
public record LiveChange<V>(Bytes key, @Nullable V before, @Nullable V after) {

  /** Refuses nulls, and a change of nothing. */
  public LiveChange {
    requireNonNull(key, "key");
    if (before == null && after == null) {
      throw new IllegalArgumentException("key '" + key + "' is absent before and after");
    }
  }
}
