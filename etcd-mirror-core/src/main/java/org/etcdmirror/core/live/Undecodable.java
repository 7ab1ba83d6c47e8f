package org.etcdmirror.core.live;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A value of the source that the {@link Decoder} refused.
 *
 * @param key the key
 * @param value the bytes that were refused
 * @param index the index at which they were put
 * @param failure what the decoder threw. Its message may quote the value
 * @param previous what the map held at the key before; null if it held nothing, as after a restart
 */
public record Undecodable<V>(
    Bytes key, Bytes value, long index, Exception failure, @Nullable V previous) {

  /** Refuses nulls. */
  public Undecodable {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireNonNull(failure, "failure");
  }

  /**
   * Names the key and the kind of failure; neither the value nor the message, which may be secret.
   */
  @Override
  public String toString() {
    return "value of '%s' at index %d cannot be decoded: %s"
        .formatted(key, index, failure.getClass().getName());
  }
}
