package org.etcdmirror.file.internal.format;

import java.time.Duration;
import java.time.Instant;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * An event or an entry, as a file holds it: with the instant at which it expires. Immutable.
 *
 * @param kind what happens to the key
 * @param key the key
 * @param value the value of a put; empty for others
 * @param index the index of the change in the source
 * @param expiresAt when the key goes, in milliseconds of the wall clock; {@link #NEVER} if not
 * @param lease what it expires with
 */
public record Change(
    Kind kind, Bytes key, Bytes value, long index, long expiresAt, @Nullable Lease lease) {

  /** What happens. */
  public enum Kind {
    /** The key holds the value. */
    PUT(0),
    /** The key is a directory of this expiry. */
    DIRECTORY(1),
    /** The key is a directory; one that is there stays as it is. */
    IMPLIED_DIRECTORY(2),
    /** The value or the empty directory is gone. */
    DELETE(3),
    /** The key and all below it is gone. */
    DELETE_TREE(4),
    /** The key goes at another time. */
    REFRESH(5),
    /** In snapshots only: a directory that was deleted, and is there as long as it is not empty. */
    DELETED_DIRECTORY(6);

    private final byte number;

    Kind(int number) {
      this.number = (byte) number;
    }

    private static Kind of(byte number) {
      return switch (number) {
        case 0 -> PUT;
        case 1 -> DIRECTORY;
        case 2 -> IMPLIED_DIRECTORY;
        case 3 -> DELETE;
        case 4 -> DELETE_TREE;
        case 5 -> REFRESH;
        case 6 -> DELETED_DIRECTORY;
        default ->
            throw new PermanentException(
                "dump holds a change of the unknown kind %d; use a newer program"
                    .formatted(number));
      };
    }
  }

  /** The key does not expire. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final byte EXPIRES = 1;
  private static final byte LEASED = 2;
  private static final int FIXED_BYTES = 64;

  /** The change that an event is. */
  public static Change of(MirrorEvent event) {
    if (event instanceof Put put) {
      return new Change(
          Kind.PUT, put.key(), put.value(), put.index(), millis(put.expiresAt()), put.lease());
    } else if (event instanceof MakeDirectory directory) {
      Kind kind = directory.implied() ? Kind.IMPLIED_DIRECTORY : Kind.DIRECTORY;
      return plain(kind, event, millis(directory.expiresAt()), null);
    } else if (event instanceof Refresh refresh) {
      return plain(Kind.REFRESH, event, millis(refresh.expiresAt()), refresh.lease());
    } else if (event instanceof DeleteTree) {
      return plain(Kind.DELETE_TREE, event, NEVER, null);
    } else if (event instanceof Delete) {
      return plain(Kind.DELETE, event, NEVER, null);
    }
    throw new IllegalArgumentException("unknown event " + event);
  }

  private static Change plain(Kind kind, MirrorEvent event, long at, @Nullable Lease lease) {
    return new Change(kind, event.key(), Bytes.EMPTY, event.index(), at, lease);
  }

  private static long millis(@Nullable Expiry expiry) {
    return expiry == null ? NEVER : expiry.instant().toEpochMilli();
  }

  /** A directory that is there because of a change below it. */
  public Change impliedDirectory(Bytes parent) {
    return new Change(Kind.IMPLIED_DIRECTORY, parent, Bytes.EMPTY, index, NEVER, null);
  }

  /** The directory after it was deleted. */
  public Change deletedDirectory() {
    return new Change(Kind.DELETED_DIRECTORY, key, value, index, expiresAt, lease);
  }

  /** The same with another expiry. */
  public Change withExpiry(long at, @Nullable Lease with) {
    return new Change(kind, key, value, index, at, kind == Kind.PUT ? with : null);
  }

  /** The entry that a put or a directory is. */
  public Entry entry() {
    @Nullable Expiry expiry =
        expiresAt == NEVER ? null : Expiry.at(Instant.ofEpochMilli(expiresAt));
    return kind == Kind.PUT
        ? new Put(key, value, index, expiry, lease)
        : new MakeDirectory(key, index, expiry);
  }

  /** About how much memory this takes. */
  public int weight() {
    return FIXED_BYTES + key.size() + value.size();
  }

  /** Writes this. */
  public void encode(Encoder out) {
    boolean expires = expiresAt != NEVER;
    out.number(kind.number);
    out.number((byte) ((expires ? EXPIRES : 0) | (lease != null ? LEASED : 0)));
    out.number(index).bytes(key);
    if (expires) {
      out.number(expiresAt);
    }
    if (lease != null) {
      out.number(lease.id()).number(lease.ttl().toSeconds());
    }
    if (kind == Kind.PUT) {
      out.bytes(value);
    }
  }

  /** Reads what {@link #encode} wrote. */
  public static Change decode(Decoder in) {
    Kind kind = Kind.of(in.number8());
    byte flags = in.number8();
    long index = in.number64();
    Bytes key = in.bytes();
    long expiresAt = (flags & EXPIRES) == 0 ? NEVER : in.number64();
    @Nullable Lease lease =
        (flags & LEASED) == 0 ? null : new Lease(in.number64(), Duration.ofSeconds(in.number64()));
    Bytes value = kind == Kind.PUT ? in.bytes() : Bytes.EMPTY;
    return new Change(kind, key, value, index, expiresAt, lease);
  }
}
