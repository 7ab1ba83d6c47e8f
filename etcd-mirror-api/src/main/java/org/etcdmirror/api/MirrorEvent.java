package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of one key, or of one tree of keys. Each kind describes the state after the change, so
 * that applying an event again changes nothing.
 */
public sealed interface MirrorEvent {

  /** The key, or the top of the tree. */
  Bytes key();

  /** The index of the change: v2's {@code modifiedIndex}, v3's revision. */
  long index();

  /** The same event under another key. */
  MirrorEvent withKey(Bytes key);

  /** Something that exists: what a snapshot is made of, and half of the kinds of events. */
  sealed interface Entry extends MirrorEvent {

    /**
     * When the key goes by itself, on this machine's clock; null for never. Known to the nearest
     * second only.
     */
    @Nullable Instant expiresAt();

    /** The same entry without an expiry. */
    Entry withoutExpiry();

    @Override
    Entry withKey(Bytes key);
  }

  /**
   * The key holds the value. A directory that was at the key, and all in it, is gone.
   *
   * @param key the key
   * @param value the whole value
   * @param index the index of the change
   * @param expiresAt when the key goes by itself, or null
   */
  record Put(Bytes key, Bytes value, long index, @Nullable Instant expiresAt) implements Entry {

    /** Refuses nulls. */
    public Put {
      requireNonNull(key, "key");
      requireNonNull(value, "value");
    }

    @Override
    public Put withKey(Bytes other) {
      return new Put(other, value, index, expiresAt);
    }

    @Override
    public Put withoutExpiry() {
      return expiresAt == null ? this : new Put(key, value, index, null);
    }
  }

  /**
   * There is a directory at the key ({@link KeyModel#PATHS} only). A value that was at the key is
   * gone; what a directory already held stays.
   *
   * @param key the path of the directory
   * @param index the index of the change
   * @param expiresAt when the directory goes by itself with all in it, or null
   */
  record MakeDirectory(Bytes key, long index, @Nullable Instant expiresAt) implements Entry {

    /** Refuses nulls. */
    public MakeDirectory {
      requireNonNull(key, "key");
    }

    @Override
    public MakeDirectory withKey(Bytes other) {
      return new MakeDirectory(other, index, expiresAt);
    }

    @Override
    public MakeDirectory withoutExpiry() {
      return expiresAt == null ? this : new MakeDirectory(key, index, null);
    }
  }

  /**
   * The key holds no value. An empty directory at the key is gone as well; one that is not empty
   * stays as it is.
   *
   * @param key the key
   * @param index the index of the change
   */
  record Delete(Bytes key, long index) implements MirrorEvent {

    /** Refuses nulls. */
    public Delete {
      requireNonNull(key, "key");
    }

    @Override
    public Delete withKey(Bytes other) {
      return new Delete(other, index);
    }
  }

  /**
   * The path and all below it is gone: {@code key} itself and each key that begins with {@code key}
   * and a slash. Nobody lists what was in it, so a sink must find it itself.
   *
   * @param key the top of the tree; {@code /} for everything
   * @param index the index of the change
   */
  record DeleteTree(Bytes key, long index) implements MirrorEvent {

    /** Refuses nulls. */
    public DeleteTree {
      requireNonNull(key, "key");
    }

    @Override
    public DeleteTree withKey(Bytes other) {
      return new DeleteTree(other, index);
    }
  }
}
