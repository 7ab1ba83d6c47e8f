package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.Bytes;

/**
 * One key that is not the same on both sides.
 *
 * @param kind how it differs
 * @param key its name in the sink
 */
public record Difference(Kind kind, Bytes key) {

  /** How a key may differ. */
  public enum Kind {
    /** The source holds it, the sink does not. */
    MISSING,
    /** Both hold it, with other values, kinds or expiries. */
    DIFFERENT,
    /** The sink holds it, the source does not. */
    EXTRA
  }

  /** Refuses nulls. */
  public Difference {
    requireNonNull(kind, "kind");
    requireNonNull(key, "key");
  }

  /** The kind and the key, as in {@code MISSING /conf/a}. */
  @Override
  public String toString() {
    return kind + " " + key;
  }
}
