package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

/**
 * What a checkpoint remembers of its source, so that another source of the same name is noticed:
 * that a key had a version at an index. An etcd cluster keeps its identity when its data is wiped
 * or restored, and its index may have passed the stored one before the next look.
 *
 * @param key the key, by its name in the source
 * @param version the index of the change that made the key what it was
 * @param at an index at which that was so; at least {@code version}
 */
public record Anchor(Bytes key, long version, long at) {

  /** What a source says of an anchor. */
  public enum Check {
    /** It was so: this is the history that the checkpoint belongs to. */
    HOLDS,
    /** It was not so: this is another history. */
    BROKEN,
    /** The source cannot tell any more. */
    UNKNOWN
  }

  /** Refuses nulls, and a version after the index. */
  public Anchor {
    requireNonNull(key, "key");
    if (version < 1 || version > at) {
      throw new IllegalArgumentException(
          "anchor's version must be from 1 to its index %d: %d".formatted(at, version));
    }
  }
}
