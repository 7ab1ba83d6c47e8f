package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.UnaryOperator;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;

/**
 * Changes what is mirrored on its way: renames keys, rewrites values, drops some or makes several
 * of one. Snapshots, live events, plans and verifications all pass through it, so it must be pure:
 * the same result for the same argument, whenever it is asked. Called by several threads.
 *
 * <p>It sees keys by their names in the source, before a rule of the scope replaces their prefix. A
 * key that it makes up and that no rule covers, or that an exclude matches, is not mirrored.
 *
 * <p>If it throws, gives a key that was not announced, or makes one key of two, the mirror stops
 * and names the transform, its class and the keys.
 */
public interface Transform {

  /**
   * Names what it does, with all parameters. It is part of the scope's fingerprint: where it
   * changes, the next run compares source and sink. A mirror is not built if this throws or is
   * null.
   */
  String identity();

  /**
   * What may come of a key, whatever its value: every key that {@link #apply} may ever give for it.
   * The mirror deletes these when the key is deleted, and those that a put does not bring. No two
   * keys may have one of these in common. By default the key itself.
   */
  default List<Bytes> keys(Bytes key) {
    return List.of(key);
  }

  /**
   * Whether {@link #keys} is ever anything but the key itself. If so, directories are not mirrored,
   * a deleted tree leads to a comparison, and comparisons hold the scope's entries in memory to
   * bring them into order. True by default.
   */
  default boolean renames() {
    return true;
  }

  /**
   * What comes of a put: none, one or more, each under another one of {@link #keys}. An expiry that
   * is to stay must be handed on; where expiries are copied, one that is dropped may be prolonged
   * all the same. The index is the source's whatever is given.
   */
  List<MirrorEvent.Put> apply(MirrorEvent.Put put);

  /** A transform that rewrites values and leaves keys as they are. */
  static Transform ofValues(String identity, UnaryOperator<Bytes> rewrite) {
    requireNonNull(identity, "identity");
    requireNonNull(rewrite, "rewrite");
    return new Transform() {
      @Override
      public String identity() {
        return identity;
      }

      @Override
      public boolean renames() {
        return false;
      }

      @Override
      public List<MirrorEvent.Put> apply(MirrorEvent.Put put) {
        return List.of(
            new MirrorEvent.Put(
                put.key(), rewrite.apply(put.value()), put.index(), put.expiresAt(), put.lease()));
      }
    };
  }

  /** A transform that renames keys and leaves values as they are. */
  static Transform ofKeys(String identity, UnaryOperator<Bytes> rename) {
    requireNonNull(identity, "identity");
    requireNonNull(rename, "rename");
    return new Transform() {
      @Override
      public String identity() {
        return identity;
      }

      @Override
      public List<Bytes> keys(Bytes key) {
        return List.of(rename.apply(key));
      }

      @Override
      public List<MirrorEvent.Put> apply(MirrorEvent.Put put) {
        return List.of(put.withKey(rename.apply(put.key())));
      }
    };
  }
}
