package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One key that is not the same on both sides.
 *
 * @param kind how it differs
 * @param key its name in the sink
 * @param source the value in the source for a person, cut and escaped; null if there is none, or
 *     values are not {@linkplain EtcdMirrorBuilder#showValues shown}
 * @param sink the same of the sink
 */
public record Difference(Kind kind, Bytes key, @Nullable String source, @Nullable String sink) {

  /** How a key may differ. */
  public enum Kind {
    /** The source holds it, the sink does not. */
    MISSING,
    /** Both hold it, with other values, kinds or expiries. */
    DIFFERENT,
    /** The sink holds it, the source does not. */
    EXTRA
  }

  /** Refuses nulls, but for values. */
  public Difference {
    requireNonNull(kind, "kind");
    requireNonNull(key, "key");
  }

  /** A difference without values. */
  public Difference(Kind kind, Bytes key) {
    this(kind, key, null, null);
  }

  /** The values as {@code : source 'x', sink 'y'}, as far as they are known; else nothing. */
  public String values() {
    String here = source == null ? "" : "source '" + source + "'";
    String there = sink == null ? "" : "sink '" + sink + "'";
    String both = here + (here.isEmpty() || there.isEmpty() ? "" : ", ") + there;
    return both.isEmpty() ? "" : ": " + both;
  }

  /** The kind and the key, as in {@code MISSING /conf/a}, and the values if they are shown. */
  @Override
  public String toString() {
    return kind + " " + key + values();
  }
}
