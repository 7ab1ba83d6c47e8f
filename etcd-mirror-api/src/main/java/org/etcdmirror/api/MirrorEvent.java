package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

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

    /** When the key goes by itself; null for never. Known to the nearest second only. */
    @Nullable Expiry expiresAt();

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
   * @param lease what it expires with, where that has a name of its own; else null
   */
  record Put(Bytes key, Bytes value, long index, @Nullable Expiry expiresAt, @Nullable Lease lease)
      implements Entry {

    /** Refuses nulls, and a lease that never ends. */
    public Put {
      requireNonNull(key, "key");
      requireNonNull(value, "value");
      requireExpiry(expiresAt, lease);
    }

    /** A put without a lease. */
    public Put(Bytes key, Bytes value, long index, @Nullable Expiry expiresAt) {
      this(key, value, index, expiresAt, null);
    }

    @Override
    public Put withKey(Bytes other) {
      return new Put(other, value, index, expiresAt, lease);
    }

    @Override
    public Put withoutExpiry() {
      return expiresAt == null ? this : new Put(key, value, index, null);
    }

    /** The same put with another expiry. */
    public Put withExpiry(@Nullable Expiry at, @Nullable Lease with) {
      return new Put(key, value, index, at, with);
    }

    /** Without the value, which may be a secret: an event may get into a log or an error. */
    @Override
    public String toString() {
      return "Put[key=%s, value=%d bytes, index=%d, expiresAt=%s, lease=%s]"
          .formatted(key, value.size(), index, expiresAt, lease);
    }
  }

  /**
   * The key, or the directory at it, is what it was, but goes at another time. It is there in the
   * source, so a sink that has nothing there has lost it: such a sink says so with a {@link
   * SinkDriftedException}, or does nothing if it cannot tell. Comes only where {@link
   * Selection#expiries()} was asked for.
   *
   * @param key the key
   * @param index the index through which the stream was complete when this was learned. As the
   *     index stands still meanwhile, this may be the index of what is applied already, and it is
   *     news all the same; only what lies below that is dropped, for then a snapshot has overtaken
   *     it. So a source never gives it a lower index than that of its last batch
   * @param expiresAt when the key goes by itself
   * @param lease what it expires with, where that has a name of its own; else null
   */
  record Refresh(Bytes key, long index, Expiry expiresAt, @Nullable Lease lease)
      implements MirrorEvent {

    /** Refuses nulls. */
    public Refresh {
      requireNonNull(key, "key");
      requireNonNull(expiresAt, "expiresAt");
    }

    @Override
    public Refresh withKey(Bytes other) {
      return new Refresh(other, index, expiresAt, lease);
    }
  }

  private static void requireExpiry(@Nullable Expiry expiresAt, @Nullable Lease lease) {
    if (expiresAt == null && lease != null) {
      throw new IllegalArgumentException("entry on a lease has no expiry; give both or none");
    }
  }

  /**
   * There is a directory at the key ({@link KeyModel#PATHS} only). A value that was at the key is
   * gone; what a directory already held stays.
   *
   * @param key the path of the directory
   * @param index the index of the change
   * @param expiresAt when the directory goes by itself with all in it, or null
   * @param implied whether all that is known is that something was put below the key. Then a
   *     directory that is there already keeps its expiry, and a new one has none
   */
  record MakeDirectory(Bytes key, long index, @Nullable Expiry expiresAt, boolean implied)
      implements Entry {

    /** Refuses nulls, and an implied directory with an expiry. */
    public MakeDirectory {
      requireNonNull(key, "key");
      if (implied && expiresAt != null) {
        throw new IllegalArgumentException("implied directory must have no expiry");
      }
    }

    /** A directory of which the expiry is known. */
    public MakeDirectory(Bytes key, long index, @Nullable Expiry expiresAt) {
      this(key, index, expiresAt, false);
    }

    /** The directory that came into being, or was there, when something was put below it. */
    public static MakeDirectory implied(Bytes key, long index) {
      return new MakeDirectory(key, index, null, true);
    }

    @Override
    public MakeDirectory withKey(Bytes other) {
      return new MakeDirectory(other, index, expiresAt, implied);
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
   * and a slash. No event lists the keys in it, so a sink must find them itself.
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
