package org.etcdmirror.kafka.internal.sort;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent.Put;
import org.jspecify.annotations.Nullable;

/** A record in a temporary file, which no other process reads. */
final class FoundBytes {

  private static final int PUT = 1;
  private static final int EXPIRES = 2;
  private static final int LEASED = 4;

  private FoundBytes() {}

  static void write(Found found, DataOutputStream out) throws IOException {
    out.writeInt(found.group());
    bytes(found.key(), out);
    out.writeLong(found.number());
    Put put = found.put();
    if (put == null) {
      out.writeByte(0);
      return;
    }
    Expiry expiry = put.expiresAt();
    Lease lease = put.lease();
    out.writeByte(PUT | (expiry == null ? 0 : EXPIRES) | (lease == null ? 0 : LEASED));
    bytes(put.value(), out);
    out.writeLong(put.index());
    if (expiry != null) {
      out.writeLong(expiry.nanos());
    }
    if (lease != null) {
      out.writeLong(lease.id());
      out.writeLong(lease.ttl().toSeconds());
    }
  }

  static Found read(DataInputStream in) throws IOException {
    int group = in.readInt();
    Bytes key = bytes(in);
    long number = in.readLong();
    int flags = in.readByte();
    return new Found(group, key, number, (flags & PUT) == 0 ? null : put(key, flags, in));
  }

  private static Put put(Bytes key, int flags, DataInputStream in) throws IOException {
    Bytes value = bytes(in);
    long index = in.readLong();
    @Nullable Expiry expiry = (flags & EXPIRES) == 0 ? null : new Expiry(in.readLong());
    @Nullable Lease lease =
        (flags & LEASED) == 0 ? null : new Lease(in.readLong(), Duration.ofSeconds(in.readLong()));
    return new Put(key, value, index, expiry, lease);
  }

  private static void bytes(Bytes bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.size());
    out.write(bytes.toByteArray());
  }

  private static Bytes bytes(DataInputStream in) throws IOException {
    byte[] content = new byte[in.readInt()];
    in.readFully(content);
    return Bytes.of(content);
  }
}
